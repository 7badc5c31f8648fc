import { emptyStandardInput } from '#app/cli/standard-input';
import { openBench } from '#test/bench/refold/bench';
import { readOptions } from '#test/bench/refold/options';

/**
 * What a deleted store costs: records per second while it is folded from the log again, beside what the client alone reads
 * of the same topic in the same run. `npm run bench -- refold --help`
 */
await emptyStandardInput();
const options = readOptions(process.argv.slice(3));
const bench = await openBench(options);
try {
  await bench.run();
} finally {
  await bench.close();
}
