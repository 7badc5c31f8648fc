import type { Random } from '#app/generator/random';
import type { Layout, Seat } from '#test/chaos/kafka/fleet/layout';

/** Something that goes wrong. Durations in ms; `seat` is a process by name. */
export type Fault =
  | { readonly kind: 'kill'; readonly seat: string; readonly down: number; readonly deleteStores: boolean }
  | { readonly kind: 'freeze'; readonly seat: string; readonly lasts: number }
  | { readonly kind: 'leave'; readonly seat: string; readonly down: number; readonly deleteStores: boolean }
  | { readonly kind: 'join'; readonly seat: string; readonly lasts: number }
  | { readonly kind: 'stop broker' | 'kill broker'; readonly down: number }
  | { readonly kind: 'freeze broker'; readonly lasts: number }
  | { readonly kind: 'slow network'; readonly delay: number; readonly lasts: number }
  | { readonly kind: 'lose answers'; readonly lasts: number }
  | { readonly kind: 'cut connections' }
  | { readonly kind: 'stop registry'; readonly down: number }
  | { readonly kind: 'change model' };

export interface PlannedFault {
  /** After the fault before it has begun, and a broker that it has ended is back, ms. */
  readonly pause: number;
  readonly fault: Fault;
}

export interface PlanOptions {
  readonly layout: Layout;
  /** How long faults go on, ms. */
  readonly lasts: number;
  /** A member that is silent for so long is out of its group, ms: freezes are longer. */
  readonly sessionTimeout: number;
  /** Only these, as often as all others would come; all unless given. */
  readonly kinds?: readonly Fault['kind'][] | undefined;
}

/** How often each fault comes, relative to the others. */
const WEIGHTS: Readonly<Record<Fault['kind'], number>> = {
  kill: 30,
  freeze: 14,
  leave: 8,
  join: 6,
  'kill broker': 3,
  'stop broker': 2,
  'freeze broker': 5,
  'slow network': 6,
  'lose answers': 8,
  'cut connections': 6,
  'stop registry': 3,
  'change model': 7,
};

/** The services shall do something before the next blow: longest after what has stopped all of them. */
const AFTER_BROKER = 8_000;
const SHORTEST_PAUSE = 300;
/** For each process: a start costs seconds of a core, and two of them hardly ever run at the same time. */
const PAUSE_FOR_EACH = 600;
const DELETE_STORES = 0.35;

/**
 * More faults than a run can have, in order: the same seed draws the same ones. A machine that is slow to bring the broker
 * back gets through fewer of them.
 */
export function drawPlan(random: Random, { layout, lasts, sessionTimeout, kinds }: PlanOptions): PlannedFault[] {
  const plan: PlannedFault[] = [];
  const longest = SHORTEST_PAUSE + layout.seats.length * PAUSE_FOR_EACH;
  let afterBroker = false;
  for (let time = 0; time < lasts; ) {
    const fault = drawFault(random, layout.seats, sessionTimeout, kinds);
    const pause = random.whole(SHORTEST_PAUSE, longest) + (afterBroker ? AFTER_BROKER : 0);
    afterBroker = endsBroker(fault);
    time += pause;
    plan.push({ pause, fault });
  }
  return plan;
}

function endsBroker({ kind }: Fault): boolean {
  return kind === 'kill broker' || kind === 'stop broker';
}

function drawFault(random: Random, seats: readonly Seat[], sessionTimeout: number, kinds: PlanOptions['kinds']): Fault {
  const kind = drawKind(random, kinds);
  const seat = seats[random.whole(0, seats.length - 1)]?.name ?? '';
  const deleteStores = random.chance(DELETE_STORES);
  const down = random.whole(0, 4_000);
  switch (kind) {
    case 'kill':
    case 'leave':
      return { kind, seat, down, deleteStores };
    case 'freeze':
      return { kind, seat, lasts: sessionTimeout + random.whole(1_000, 5_000) };
    case 'join':
      return { kind, seat: joining(random, seats), lasts: random.whole(5_000, 20_000) };
    case 'kill broker':
    case 'stop broker':
      return { kind, down };
    case 'freeze broker':
      return { kind, lasts: random.whole(500, 3_000) };
    case 'slow network':
      return { kind, delay: random.whole(20, 250), lasts: random.whole(2_000, 8_000) };
    case 'lose answers':
      return { kind, lasts: random.whole(50, 1_500) };
    case 'stop registry':
      return { kind, down: random.whole(2_000, 10_000) };
    case 'cut connections':
    case 'change model':
      return { kind };
  }
}

function drawKind(random: Random, kinds: PlanOptions['kinds']): Fault['kind'] {
  const choices = (Object.keys(WEIGHTS) as Fault['kind'][]).filter((kind) => kinds?.includes(kind) ?? true);
  let drawn = random.next() * choices.reduce((sum, kind) => sum + WEIGHTS[kind], 0);
  for (const kind of choices) {
    drawn -= WEIGHTS[kind];
    if (drawn < 0) return kind;
  }
  return choices[0] ?? 'kill';
}

/** A third instance of what two run already; nobody can join who would need the tables. */
function joining(random: Random, seats: readonly Seat[]): string {
  const open = seats.filter(({ parts }) => !parts.includes('analyze'));
  return open[random.whole(0, open.length - 1)]?.name ?? '';
}

export function describeFault(fault: Fault): string {
  const { kind, ...rest } = fault;
  const details = Object.entries(rest).flatMap(([name, value]) => {
    if (name === 'seat') return [String(value)];
    if (name === 'deleteStores') return value === true ? ['its stores deleted'] : [];
    return [`${name} ${value} ms`];
  });
  return [kind, ...details].join(', ').replace(', ', ' ');
}
