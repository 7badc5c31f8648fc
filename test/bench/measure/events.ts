import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { generate } from '#app/generator/generate';

/** Writes generated events into a file, one per line. */
export async function writeEvents(path: string, options: Parameters<typeof generate>[0]): Promise<string> {
  const file = createWriteStream(path);
  for (const text of generate(options)) if (!file.write(text)) await once(file, 'drain');
  file.end();
  await once(file, 'close');
  return path;
}
