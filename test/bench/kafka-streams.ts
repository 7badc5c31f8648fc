import { emptyStandardInput } from '#app/cli/standard-input';
import { openBench } from '#test/bench/kafka-streams/bench';
import { readOptions } from '#test/bench/kafka-streams/options';

await emptyStandardInput();
const options = readOptions(process.argv.slice(3));
const bench = await openBench(options);
try {
  await bench.run();
} finally {
  await bench.close();
}
