import { partitionName, type TopicPartition } from '#lib/flow/position';
import type { HeldBy } from '#lib/flow/task';

/** How long a partition may show nothing before that is told, ms: longer than between two ticks. */
export const HELD_AFTER = 15_000;

/** Notices which partitions an ordered decider has waited for too long. */
export class HeldWatch {
  #since = new Map<string, HeldBy>();
  #told = '';

  constructor(private readonly tell: (by: readonly HeldBy[]) => void) {}

  /** `missing`: the partitions that all others wait for, at `now`, ms. */
  look(missing: readonly TopicPartition[], now: number): void {
    if (missing.length === 0 && this.#since.size === 0) return;
    const before = this.#since;
    this.#since = new Map(
      missing.map((one) => {
        const { topic, partition } = one;
        return [partitionName(one), before.get(partitionName(one)) ?? { topic, partition, since: now }];
      }),
    );
    const by = Array.from(this.#since.values()).filter(({ since }) => now - since >= HELD_AFTER);
    const names = by.map(partitionName).join();
    if (names === this.#told) return;
    this.#told = names;
    this.tell(by);
  }
}
