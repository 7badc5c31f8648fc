import { type Drive, drive } from '#lib/flow/drive';
import { sha256 } from '#lib/hash/sha256';
import { createCompiler } from '#lib/model/compile';
import { TOPICS } from '#schemas/topics';
import { createIdentifyTopology } from '#services/identify/topology';
import { createPipeline, topologiesOf } from '#services/pipeline';

const MINUTE = 60_000;
/** Of one decision: a long history moves in several. */
const MOVES_AT_ONCE = 3;
/** Where answers wait. */
export const HELD = 'held.joins';

const compile = createCompiler();

export interface AnswersHeld {
  readonly running: Drive;
  /** Passes on all answers that there are, again and again until there are no more; how many. `now`: ms. */
  answers(now: number): number;
}

/** All services in memory, over so many partitions; what leads answer who are asked is held back until it is let go. */
export function answersHeld(partitions: number): AnswersHeld {
  const options = { hash: sha256, compile, partitions, tickEvery: MINUTE };
  const identify = createIdentifyTopology({ ...options, importTickEvery: 60 * MINUTE, movesAtOnce: MOVES_AT_ONCE });
  const pipeline = { ...createPipeline(options), identify };
  const single = new Set<string>([TOPICS.events, TOPICS.deadLetters]);
  const held = topologiesOf({ ...pipeline, analyze: [] }).map((topology) =>
    topology.kind === 'fold' && topology.sideOutput !== undefined
      ? { ...topology, sideOutput: { ...topology.sideOutput, topic: HELD } }
      : topology,
  );
  const running = drive(held, (topic) => (single.has(topic) ? 1 : partitions));
  const passed = new Set<unknown>();
  return {
    running,
    answers(now) {
      for (let given = 0; ; given++) {
        const next = running.records(HELD).find(({ value }) => !passed.has(value));
        if (next === undefined) return given;
        passed.add(next.value);
        running.publish(TOPICS.joins, next.value, now, next.partition, next.key);
      }
    },
  };
}
