import type { DeciderMachine } from '#lib/flow/decider-machine';
import type { ConcernOf, InputSequence, Turn } from '#lib/flow/input-sequence';

/**
 * Takes a decision on the input whose turn it is, at `now` (ms) unless the turn brings its own present. What goes ahead of others is
 * settled in one decision, or it waits. True: the input is settled.
 */
export function takeTurn(
  { record, passing, now: own }: Turn,
  order: InputSequence,
  machine: DeciderMachine,
  concernOf: ConcernOf,
  now: number,
): boolean {
  const at = own ?? now;
  if (passing !== undefined && !machine.settle(record, at)) {
    order.wait(record, passing);
    return false;
  }
  const settled = passing === undefined ? machine.decide(record, at) : 'settled';
  order.decided(record, settled, concernOf, at);
  return settled === 'settled';
}
