import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { generate } from '#app/generator/generate';

/** Generated events in a file, one per line. */
export interface EventsFile {
  readonly path: string;
  readonly lines: number;
  /** Without the lines that come twice, as publishers that retry send them. */
  readonly events: number;
}

export async function writeEvents(path: string, options: Parameters<typeof generate>[0]): Promise<EventsFile> {
  const file = createWriteStream(path);
  let lines = 0;
  let events = 0;
  let before = '';
  for (const text of generate(options)) {
    lines++;
    if (text !== before) events++;
    before = text;
    if (!file.write(text)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'close');
  return { path, lines, events };
}
