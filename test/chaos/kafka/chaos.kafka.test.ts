import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ChaosOptions, type ChaosOutcome, runChaos } from '#test/chaos/kafka/run';
import { type TestFolder, testFolder } from '#test/contracts/folder';
import { chaosSeed } from '#test/process/random';

const MINUTE = 60_000;
/** Starting, coming to rest and comparing take their time, on a busy machine more, ms. */
const PATIENCE = 10 * MINUTE;

let folder: TestFolder;

beforeEach(() => {
  folder = testFolder();
});
afterEach(() => folder.remove());

function chaos(options: Partial<ChaosOptions>): Promise<ChaosOutcome> {
  const seed = chaosSeed('kafka');
  const say = (line: string) => process.stdout.write(`${line}\n`);
  return runChaos({ dir: folder.dir, lasts: MINUTE, seed, layout: 'grouped', say, ...options });
}

test(
  'after a minute of everything that can go wrong there is no difference',
  async () => {
    const { problems, tally, ledger } = await chaos({ lasts: 1.25 * MINUTE });
    expect(problems).toEqual([]);
    expect(tally.kills + tally.freezes + tally.leaves).toBeGreaterThan(3);
    expect(ledger.acknowledged.size).toBeGreaterThan(500);
  },
  PATIENCE,
);

test(
  'where nobody is fenced, frozen instances leave differences that are found',
  async () => {
    const preload = fileURLToPath(new URL('./broken/no-fencing.mjs', import.meta.url));
    const { problems, tally } = await chaos({ preload, kinds: ['freeze'] });
    expect(tally.freezes).toBeGreaterThan(2);
    expect(problems).not.toEqual([]);
  },
  PATIENCE,
);
