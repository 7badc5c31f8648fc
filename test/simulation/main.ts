import { parseArgs } from 'node:util';
import { BUGS, type Bug } from '#test/simulation/bugs';
import { createSeeds, reportOf } from '#test/simulation/seeds';
import { noStats } from '#test/simulation/world';

const USAGE = `usage: npm run simulate -- [--seeds N] [--seed S] [--trace] [--bug NAME]
  --seeds  how many seeds, one after another (default 3000)
  --seed   the first of them (default: drawn)
  --trace  print every event of their histories
  --bug    wire a mistake in, to see it found: ${BUGS.join(', ')}
`;

/** Told how far it is after so many seeds. */
const TOLD_EVERY = 250;

interface Wanted {
  readonly first: number;
  readonly count: number;
  readonly trace: boolean;
  readonly bug: Bug | undefined;
}

function wanted(): Wanted | undefined {
  try {
    const { values } = parseArgs({
      options: {
        seeds: { type: 'string', default: '3000' },
        seed: { type: 'string', default: String(Math.floor(Math.random() * 1e9)) },
        trace: { type: 'boolean', default: false },
        bug: { type: 'string' },
      },
    });
    const bug = BUGS.find((name) => name === values.bug);
    const [first, count] = [Number(values.seed), Number(values.seeds)];
    if (!Number.isSafeInteger(first) || !Number.isSafeInteger(count) || count < 1) return undefined;
    if (values.bug !== undefined && bug === undefined) return undefined;
    return { first, count, trace: values.trace, bug };
  } catch {
    return undefined;
  }
}

/** Returns whether all seeds were as they must be. */
async function run({ first, count, trace, bug }: Wanted): Promise<boolean> {
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const seeds = await createSeeds(bug);
  const total = noStats();
  let events = 0;
  let failed = 0;
  const began = performance.now();
  const figures = (done: number) => {
    const seconds = (performance.now() - began) / 1000;
    return `${done} seeds, ${failed} failed, ${events} events, ${(done / seconds).toFixed(1)} seeds/s`;
  };
  say(`seeds ${first} to ${first + count - 1}`);
  for (let done = 1; done <= count; done++) {
    const outcome = await seeds(first + done - 1, trace ? say : undefined);
    events += outcome.events;
    for (const name of Object.keys(total) as (keyof typeof total)[]) total[name] += outcome.stats[name];
    if (outcome.problems.length > 0) {
      failed++;
      say(reportOf(outcome, bug));
    }
    if (done % TOLD_EVERY === 0) say(figures(done));
  }
  say(figures(count));
  say(
    Object.entries(total)
      .map(([name, n]) => `${name} ${n}`)
      .join(', '),
  );
  return failed === 0;
}

const asked = wanted();
if (asked === undefined) {
  process.stderr.write(USAGE);
  process.exitCode = 2;
} else if (!(await run(asked))) {
  process.exitCode = 1;
}
