import { type Hosted, hostedBy } from '#app/kafka/hosted';
import { RUNNABLE } from '#app/kafka/parts';
import type { Log } from '#lib/flow/log';
import { partitionsOf } from '#lib/flow/partitions';
import type { Clock } from '#lib/flow/ports';
import type { Position, TopicPartition } from '#lib/flow/position';
import type { Pipeline } from '#services/pipeline';

/** How far the services of an installation are, wherever they run, by the positions that they have committed. */
export interface Services {
  /** Records that services have still to read, over all. A service that never ran is not counted. */
  lag(): Promise<number>;
  /** Resolves when every service has worked off its inputs. */
  idle(signal: AbortSignal): Promise<void>;
  /** Whether any service has ever run. */
  running(): Promise<boolean>;
  /** Records of lead.stages that analyze has written to its tables, over all partitions. */
  analyzed(): Promise<number>;
}

const LOOK_AGAIN = 100;
/** A position can be seen some milliseconds before the records of its transaction: one look is none. */
const LOOKS = 3;

export function watchServices(pipeline: Pipeline, log: Log, clock: Clock): Services {
  const hosted = RUNNABLE.flatMap((part) => hostedBy(part, pipeline, log));
  async function lag(): Promise<number> {
    const lags = await Promise.all(hosted.map((service) => lagOf(service, log)));
    return lags.reduce((sum, records) => sum + records, 0);
  }
  return {
    lag,
    async idle(signal) {
      for (let looks = 0; looks < LOOKS && !signal.aborted; ) {
        looks = (await lag()) === 0 ? looks + 1 : 0;
        await clock.sleep(LOOK_AGAIN, signal);
      }
    },
    async running() {
      const positions = await Promise.all(hosted.map((service) => readPositions(service, log)));
      return positions.flat().some(({ position }) => position !== undefined);
    },
    async analyzed() {
      const [stages] = hosted.filter(({ service }) => service === pipeline.analyze[0]?.service);
      const positions = stages === undefined ? [] : await readPositions(stages, log);
      return positions.reduce((sum, { position }) => sum + (position?.offset ?? 0), 0);
    },
  };
}

export interface Read {
  readonly input: TopicPartition;
  readonly position: Position | undefined;
}

/** How far a service is in each of its inputs: the positions of all shares are those of one group. */
export async function readPositions({ sharing, nameOf }: Hosted, log: Log): Promise<readonly Read[]> {
  const inputs = sharing.topics.flatMap((topic) => partitionsOf(log, topic));
  const positions = await log.positionsOf(nameOf(0), inputs);
  return inputs.map((input, i) => ({ input, position: positions[i]?.position }));
}

async function lagOf(service: Hosted, log: Log): Promise<number> {
  const read = await readPositions(service, log);
  if (read.every(({ position }) => position === undefined)) return 0;
  const behind = await Promise.all(
    read.map(async ({ input, position }) => {
      const records = (await log.end(input)) - (position?.offset ?? 0);
      return Math.max(0, records) + (position !== undefined && position.cursor > 0 ? 1 : 0);
    }),
  );
  return behind.reduce((sum, records) => sum + records, 0);
}
