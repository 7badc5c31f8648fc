import { runBench } from '#test/bench/command/bench';
import { codec, count, profiles, runs, some } from '#test/bench/command/settings';
import { compareSides } from '#test/bench/kafka-streams/compare';
import { WORKLOADS } from '#test/bench/kafka-streams/workload';
import { withCluster } from '#test/bench/measure/cluster';

await runBench({
  name: 'kafka-streams',
  about: 'The same folds in Kafka Streams and here, on one broker and one topic. Needs a JDK and Maven.',
  settings: {
    runs: runs(),
    events: count('in the topic', { usual: 1_000_000, tiny: 2_000 }),
    leads: count('that the events are of', { usual: 50_000, tiny: 200 }),
    only: some('workload', WORKLOADS),
    width: count('threads of Kafka Streams, and processes of ours, at most', { usual: 2, tiny: 1 }),
    compression: codec('of what Kafka Streams writes; if it is left out, the one that ours writes'),
    profile: profiles('writes CPU profiles of our processes, and leaves Kafka Streams out'),
  },
  run: (options) => withCluster('streams', (cluster) => compareSides(cluster, options)),
});
