import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CODECS, type Codec } from '#test/bench/measure/kafka-settings';

/** What the files of topics hold. */
export interface Segments {
  readonly bytes: number;
  /** Of the batches of records. Who compresses may leave small ones as they are. */
  readonly codec: Codec;
}

/** Where a batch has its length (of what follows it), and its attributes: https://kafka.apache.org/documentation/#recordbatch */
const LENGTH = 8;
const ATTRIBUTES = 21;
const CODEC_BITS = 0x07;
/** It holds no records of a client, but the end of a transaction. */
const CONTROL_BIT = 0x20;

/** Reads topics in a broker's data folder, as the broker keeps what producers sent. */
export async function readSegments(data: string, topics: readonly string[]): Promise<Segments> {
  const codecs = new Set<Codec>();
  let bytes = 0;
  for (const folder of await readdir(data)) {
    if (!topics.includes(folder.slice(0, folder.lastIndexOf('-')))) continue;
    for (const file of await readdir(join(data, folder))) {
      if (!file.endsWith('.log')) continue;
      const content = await readFile(join(data, folder, file));
      bytes += content.length;
      for (const codec of codecsOf(content)) codecs.add(codec);
    }
  }
  codecs.delete('none');
  const [codec = 'none', another] = codecs;
  if (another !== undefined) throw new Error(`${topics} have batches with codec ${codec}, and with ${another}`);
  return { bytes, codec };
}

function* codecsOf(segment: Buffer): Generator<Codec> {
  for (let at = 0; at + ATTRIBUTES + 2 <= segment.length; ) {
    const length = segment.readInt32BE(at + LENGTH);
    if (length <= 0) return;
    const attributes = segment.readInt16BE(at + ATTRIBUTES);
    const codec = CODECS[attributes & CODEC_BITS];
    if (codec === undefined) throw new Error(`a batch has the unknown attributes ${attributes}`);
    if ((attributes & CONTROL_BIT) === 0) yield codec;
    at += LENGTH + 4 + length;
  }
}
