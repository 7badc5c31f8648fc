import type { Random } from '#app/generator/random';
import { CHAIN, type Runnable } from '#app/kafka/parts';

/** One process: what it runs, under a name of its own. */
export interface Seat {
  readonly name: string;
  readonly parts: readonly Runnable[];
}

/** Which process runs which services: two instances of every service, always. */
export interface Layout {
  readonly name: 'separate' | 'grouped' | 'chained';
  readonly seats: readonly Seat[];
  /** Whether score, stage and trigger run in one task. */
  readonly chained: boolean;
}

/** The engine's tables have one owner: a second instance of analyze needs a ClickHouse server. */
const WITH_TABLES: Seat = { name: 'analyze', parts: ['analyze', 'dashboard'] };

const LAYOUTS: Readonly<Record<Layout['name'], Layout>> = {
  separate: layoutOf('separate', [['identify'], ['score'], ['stage'], ['trigger'], ['handoff']]),
  grouped: layoutOf('grouped', [['identify', 'score', 'stage', 'trigger', 'handoff']]),
  chained: layoutOf('chained', [['identify', CHAIN, 'handoff']]),
};

export function layoutCalled(name: Layout['name']): Layout {
  return LAYOUTS[name];
}

export function drawLayout(random: Random): Layout {
  return LAYOUTS[random.pick<Layout['name']>(['separate', 'grouped', 'chained'])];
}

function layoutOf(name: Layout['name'], processes: readonly (readonly Runnable[])[]): Layout {
  const seats = [['collect'] as const, ...processes].flatMap((parts): Seat[] =>
    ['a', 'b'].map((instance) => ({ name: `${parts.length === 1 ? parts[0] : 'services'}-${instance}`, parts })),
  );
  return { name, seats: [...seats, WITH_TABLES], chained: name === 'chained' };
}
