import type { Bug } from '#test/simulation/bugs';
import { drawCounting } from '#test/simulation/counting/workload';
import { createPipelineWorkloads } from '#test/simulation/pipeline/workload';
import { type Outcome, simulate } from '#test/simulation/simulate';
import type { DrawWorkload } from '#test/simulation/workload';

/** One seed in so many runs the real services, the others the quick counting pipeline. */
const REAL_EVERY = 5;
/** Events printed of a failure's history. */
const SHOWN = 60;

/** Lives through a seed; `print` is told its history line by line. */
export type RunSeed = (seed: number, print?: (line: string) => void) => Promise<Outcome>;

/** How seeds are run here and on the command line: the same seed is the same run in both. */
export async function createSeeds(bug?: Bug): Promise<RunSeed> {
  const drawPipeline = await createPipelineWorkloads();
  const drawOf = (seed: number): DrawWorkload => (seed % REAL_EVERY === 0 ? drawPipeline : drawCounting);
  return (seed, print) => simulate(seed, { draw: drawOf(seed), bug, print });
}

/** What a person needs of a seed that failed. */
export function reportOf({ seed, problems, trace }: Outcome, bug?: Bug): string {
  const replay = `npm run simulate -- --seed ${seed} --seeds 1 --trace${bug === undefined ? '' : ` --bug '${bug}'`}`;
  return [
    `seed ${seed} failed:`,
    ...problems.slice(0, 5),
    `replay: ${replay}`,
    'the end of its history:',
    ...trace.last(SHOWN),
  ].join('\n');
}
