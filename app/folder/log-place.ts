import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FolderError, systemCode, unusable } from '#app/folder/errors';

/** Where an installation in one process keeps its log, in its data folder. */
export const OWN_LOG = 'log';

/** In a data folder of services on Kafka. */
const MARK = 'log-is-on-kafka';
const TEXT = 'The log of this installation is on Kafka; leadstream run works here. Nothing else opens this folder.\n';

/** Marks a data folder as that of services whose log is on Kafka, for good. Rejects with `unusable` if it cannot be written. */
export async function markOnKafka(dir: string): Promise<void> {
  try {
    await writeFile(join(dir, MARK), TEXT);
  } catch (thrown) {
    throw unusable(dir, thrown);
  }
}

/** Rejects with `elsewhere` for a folder of services on Kafka: a log that was begun there would govern nothing. */
export async function refuseOnKafka(dir: string): Promise<void> {
  if (!(await isThere(join(dir, MARK)))) return;
  throw new FolderError(
    'elsewhere',
    `the log of ${dir} is on Kafka, and nothing runs here: start its services with "leadstream run", or name another folder with --data`,
  );
}

/** Rejects with `elsewhere` for a folder that has a log of its own: services on Kafka would write their tables over its. */
export async function refuseOwnLog(dir: string): Promise<void> {
  if (!(await hasOwnLog(dir))) return;
  throw new FolderError(
    'elsewhere',
    `${dir} has a log of its own, of "leadstream start" or "leadstream import": name another folder for services on Kafka, with --data`,
  );
}

export function hasOwnLog(dir: string): Promise<boolean> {
  return isThere(join(dir, OWN_LOG));
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (thrown) {
    if (systemCode(thrown) === 'ENOENT') return false;
    throw unusable(path, thrown);
  }
}
