import { writeFileSync } from 'node:fs';
import { generate } from '#app/generator/generate';

/** 2025-11-01T00:00:00Z: every event of a file lies in the past, whatever the day. */
export const FILE_END = Date.UTC(2025, 10, 1);

export interface EventsFile {
  readonly lines: number;
  /** How many of them cannot be accepted. */
  readonly bad: number;
}

/** Writes the events of so many people over 60 days, with a bad line after every `badEvery` good ones. */
export function writeEvents(
  file: string,
  leads: number,
  seed: number,
  badEvery = Number.POSITIVE_INFINITY,
): EventsFile {
  const pieces: Buffer[] = [];
  let good = 0;
  let bad = 0;
  for (const line of generate({ leads, days: 60, seed, end: FILE_END })) {
    pieces.push(Buffer.from(line));
    if (++good % badEvery === 0) pieces.push(badLine(bad++, line));
  }
  writeFileSync(file, Buffer.concat(pieces));
  return { lines: good + bad, bad };
}

/** A line that is refused, each time for another reason. `before` is the good line before it. */
function badLine(number: number, before: string): Buffer {
  const lines = [
    Buffer.from(before.slice(0, before.length / 2).concat('\n')),
    Buffer.from(`{"type":"track","userId":"u${number}"}\n`),
    Buffer.from(`{"type":"track","userId":"u${number}","event":7}\n`),
    Buffer.from(`{"type":"track","event":"Trial Started","messageId":"nobody-${number}"}\n`),
    Buffer.concat([
      Buffer.from(`{"type":"track","userId":"u${number}","event":"`),
      Buffer.from([0xc3, 0x28]),
      Buffer.from('"}\n'),
    ]),
    Buffer.from(`{"type":"track","userId":"u${number}","event":"Subscribed","timestamp":"1999-12-31T23:59:59Z"}\n`),
    // the id of the line before with other contents
    Buffer.from(`${JSON.stringify({ ...JSON.parse(before), context: { changed: number } })}\n`),
  ];
  return lines[number % lines.length] ?? Buffer.from('\n');
}
