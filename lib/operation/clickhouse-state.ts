import type { Readiness } from '#lib/operation/readiness';

/** To be told when the ClickHouse server of this process ends and when it answers again. */
export interface ServerObserver {
  down(reason: string): void;
  up(): void;
}

/** Not ready while ClickHouse is down; says in one plain line each that it is, and that it is not any more. */
export function observesClickHouse(readiness: Pick<Readiness, 'until'>, say: (line: string) => void): ServerObserver {
  let over: (() => void) | undefined;
  let told: string | undefined;
  return {
    down(reason) {
      over ??= readiness.until('ClickHouse, which is started again');
      // A disk that stays full is told once.
      if (reason === told) return;
      told = reason;
      say(`ClickHouse is down and is started again: ${reason}; events are taken meanwhile, tables wait`);
    },
    up() {
      over?.();
      over = undefined;
      told = undefined;
      say('ClickHouse answers again');
    },
  };
}
