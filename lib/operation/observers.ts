import type { TaskObserver } from '#lib/flow/task';

/** Tells several observers, in their order. */
export function observers(...list: readonly TaskObserver[]): TaskObserver {
  return {
    opening: (...told) => list.forEach((one) => void one.opening?.(...told)),
    restoring: (...told) => list.forEach((one) => void one.restoring?.(...told)),
    opened: (...told) => list.forEach((one) => void one.opened?.(...told)),
    turned: (...told) => list.forEach((one) => void one.turned?.(...told)),
    committed: (...told) => list.forEach((one) => void one.committed?.(...told)),
    paused: (...told) => list.forEach((one) => void one.paused?.(...told)),
    held: (...told) => list.forEach((one) => void one.held?.(...told)),
    closed: (...told) => list.forEach((one) => void one.closed?.(...told)),
    fenced: (...told) => list.forEach((one) => void one.fenced?.(...told)),
    failed: (...told) => list.forEach((one) => void one.failed?.(...told)),
  };
}
