import type { TableReader } from '#lib/flow/store';
import type { LeadEvent } from '#schemas/generated/records';
import type { Held } from '#services/identify/held';
import { deviceAlone, idOf } from '#services/identify/identifier';
import { devicesOf, type Identity, identityAfter } from '#services/identify/identity';
import { deviceOwner, hasActivities, ownerOf } from '#services/identify/owner';
import { isClaimed, runsOf } from '#services/identify/runs';
import { aliasOf, heldBy } from '#services/identify/state';
import type { Writer } from '#services/identify/writer';

/** An event received later than this after it occurred is historic, ms. */
const LIVE_FOR = 24 * 3_600_000;

export interface Attribution {
  readonly event: LeadEvent;
  /** As in eventKey. */
  readonly key: string;
  /** Strongest first. */
  readonly identifiers: readonly string[];
  readonly engine: number;
  /** What occurred before this stays where it is, ms. */
  readonly oldest: number;
  /** Moves of one decision at most: a long history moves in several, each one transaction. */
  readonly movesAtOnce: number;
}

/**
 * Gives an event its owner. Activities of the past whose owner it changes move first, pair by pair; who is left with nothing
 * is merged; the event itself comes last. False: there is more to move before that.
 */
export function attribute(state: TableReader, attribution: Attribution, writer: Writer): boolean {
  const { event, key, identifiers, engine, oldest, movesAtOnce } = attribution;
  const { name, occurred_at } = event;
  const identity = identityAfter(state, { name, occurred_at, identifiers, event: key }, engine);
  let moves = 0;
  for (const { held, to } of moving(state, identity, oldest)) {
    if (moves === movesAtOnce) return false;
    writer.move(held, to, !isVisitors(held.identifiers, to), event);
    moves += 1;
  }
  const owner = ownerOf(identity.after, identifiers, occurred_at);
  for (const [gone, into] of emptied(state, identity, owner, oldest)) writer.merge(gone, into, event);
  writer.activity(event, {
    lead_id: owner,
    known: !isVisitors(identifiers, owner),
    cause: event.import_id !== null || event.received_at - occurred_at > LIVE_FOR ? 'historic' : 'live',
    identifiers,
  });
  return true;
}

function isVisitors(identifiers: readonly string[], owner: string): boolean {
  const device = deviceAlone(identifiers);
  return device !== undefined && idOf(device) === owner;
}

/** Activities that belong to somebody else now. */
function* moving(state: TableReader, { after, left, stretches }: Identity, oldest: number) {
  const seen = new Set<string>();
  for (const strong of left.keys()) {
    yield* leaving(heldBy(state, strong, oldest), (held) => ownerOf(after, held.identifiers, held.told.occurred_at));
    for (const device of devicesOf(after, strong)) {
      if (seen.has(device)) continue;
      seen.add(device);
      yield* ofDevice(state, after, device, oldest, undefined);
    }
  }
  for (const { device, from, to } of stretches) {
    if (!seen.has(device)) yield* ofDevice(state, after, device, Math.max(from, oldest), to);
  }
}

function ofDevice(state: TableReader, after: TableReader, device: string, from: number, to: number | undefined) {
  const runs = runsOf(after, device, from, to);
  return leaving(heldBy(state, device, from, to), ({ told }) => deviceOwner(after, device, runs, told.occurred_at));
}

function* leaving(history: Iterable<Held>, ownerNow: (held: Held) => string) {
  for (const held of history) {
    const to = ownerNow(held);
    if (to !== held.owner) yield { held, to };
  }
}

/** Leads and visitors that are left with nothing that moves, with whom their activities went to. `owner`: the event's. */
function* emptied(
  state: TableReader,
  identity: Identity,
  owner: string,
  oldest: number,
): Iterable<readonly [string, string]> {
  const { after, left, stretches } = identity;
  for (const gone of new Set(left.values())) {
    if (gone === owner || aliasOf(state, gone) !== undefined || hasActivities(after, gone, oldest)) continue;
    yield [gone, leadNow(after, gone, left)];
  }
  for (const device of new Set(stretches.map((one) => one.device))) {
    const gone = idOf(device);
    if (gone === owner || !isClaimed(after, device) || isClaimed(state, device)) continue;
    if (aliasOf(state, gone) !== undefined) continue;
    for (const { told } of heldBy(state, device, oldest)) {
      yield [gone, ownerOf(after, [device], told.occurred_at)];
      break;
    }
  }
}

/** Where the identifier that founded a lead belongs; if it still stands for itself, where another one went that left it. */
function leadNow(after: TableReader, gone: string, left: ReadonlyMap<string, string>): string {
  const wentTo = [...left].flatMap(([strong, before]) => (before === gone ? [ownerOf(after, [strong], 0)] : []));
  const founder = [`user.${gone}`, `email.${gone}`].find((one) => left.get(one) === gone);
  return (founder === undefined ? undefined : ownerOf(after, [founder], 0)) ?? wentTo[0] ?? gone;
}
