import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hasOwnLog, markOnKafka, OWN_LOG, refuseOnKafka, refuseOwnLog } from '#app/folder/log-place';
import { type TestFolder, testFolder } from '#test/contracts/folder';

let folder: TestFolder;

beforeEach(() => {
  folder = testFolder();
});

afterEach(() => folder.remove());

test('a folder that nobody has used is neither refused here nor there', async () => {
  await refuseOnKafka(folder.dir);
  await refuseOwnLog(folder.dir);
  await refuseOnKafka(join(folder.dir, 'missing'));
});

test('a folder of services on Kafka is refused to all that would begin a log in it', async () => {
  await markOnKafka(folder.dir);
  await markOnKafka(folder.dir);
  await expect(refuseOnKafka(folder.dir)).rejects.toMatchObject({
    code: 'elsewhere',
    message: `the log of ${folder.dir} is on Kafka, and nothing runs here: start its services with "leadstream run", or name another folder with --data`,
  });
  await refuseOwnLog(folder.dir);
});

test('a folder with a log of its own is refused to services on Kafka', async () => {
  mkdirSync(join(folder.dir, OWN_LOG));
  expect(await hasOwnLog(folder.dir)).toBe(true);
  await expect(refuseOwnLog(folder.dir)).rejects.toMatchObject({
    code: 'elsewhere',
    message: expect.stringContaining('name another folder for services on Kafka, with --data'),
  });
});
