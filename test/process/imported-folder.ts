import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type TestFolder, testFolder } from '#test/contracts/folder';
import { leadstream } from '#test/process/command';
import { writeEvents } from '#test/process/events-file';

/** A data folder as the import of a small file with some bad lines leaves it, and copies of it to be changed. */
export interface ImportedFolder {
  readonly whole: string;
  copy(): string;
  remove: TestFolder['remove'];
}

export async function importedFolder(): Promise<ImportedFolder> {
  const folder = testFolder();
  const file = join(folder.dir, 'events.ndjson');
  writeEvents(file, 30, 3, 50);
  const whole = join(folder.dir, 'whole');
  expect(await leadstream('import', file, '--data', whole)).toMatchObject({ end: 0 });
  let copies = 0;
  return {
    whole,
    copy() {
      const dir = join(folder.dir, `copy-${copies++}`);
      cpSync(whole, dir, { recursive: true });
      return dir;
    },
    remove: () => folder.remove(),
  };
}
