import type { Stamps } from '#lib/agents/port';
import type { Settled } from '#lib/flow/decider';
import type { Hash } from '#lib/flow/ports';
import type { TableReader } from '#lib/flow/store';
import type { LeadEvent } from '#schemas/generated/records';
import { addressesToTell, isOwed } from '#services/identify/addresses';
import { deviceAlone, idOf, isDevice } from '#services/identify/identifier';
import { changesOthers, devicesOf, type Identity, identityAfter } from '#services/identify/identity';
import { leadOfId } from '#services/identify/ids';
import { isLeft, joinsOf, progressOf } from '#services/identify/joins';
import { movableBy } from '#services/identify/movable';
import { deviceOwner, ownerOf } from '#services/identify/owner';
import { isClaimed, runsOf } from '#services/identify/runs';
import { aliasOf, type Moving } from '#services/identify/state';
import type { Writer } from '#services/identify/writer';

/** An event received later than this after it occurred is historic, ms. */
const LIVE_FOR = 24 * 3_600_000;

export interface Attribution {
  readonly event: LeadEvent;
  /** As in eventKey. */
  readonly key: string;
  /** Strongest first. */
  readonly identifiers: readonly string[];
  /** What occurred before this stays where it is, but for the last words on lasting facts, ms. */
  readonly oldest: number;
  /** Moves of one decision at most: a long history moves in several. */
  readonly movesAtOnce: number;
  /** How far earlier decisions on the event have come. */
  readonly moved: Moving | undefined;
  readonly hash: Hash;
}

/**
 * Gives an event its owner. Leads that lose somebody to another are asked first what was decided about them. Then activities of
 * the past whose owner the event changes move, pair by pair; who is left with nothing is merged; leads whose mail addresses changed
 * are told them, and leads that others went into what was decided about those; the event itself comes last.
 */
export function attribute(state: TableReader, attribution: Attribution, stamps: Stamps, writer: Writer): Settled {
  const { event, key, identifiers, hash } = attribution;
  const { name, occurred_at } = event;
  const identity = identityAfter(state, { name, occurred_at, identifiers, event: key }, hash);
  const owner = ownerOf(identity.after, identifiers, occurred_at);
  const known = !isVisitors(identifiers, owner);
  // Nobody's addresses are a visitor's.
  if (changesOthers(identity) || (known && isOwed(state, owner))) {
    const others = settleOthers(state, attribution, identity, owner, writer);
    if (others !== 'settled') return others;
  }
  const historic = event.import_id !== null || event.received_at - occurred_at > LIVE_FOR;
  const { agent, network, mail_domain, lists } = stamps;
  writer.activity(
    event,
    { historic, agent, network, mail_domain, lists },
    {
      lead_id: owner,
      known,
      cause: historic ? 'historic' : 'live',
      identifiers,
    },
  );
  return 'settled';
}

/** Writes what an event of an owner changes for others, and for what was done before. */
function settleOthers(
  state: TableReader,
  { event, oldest, movesAtOnce, moved }: Attribution,
  identity: Identity,
  owner: string,
  writer: Writer,
): Settled {
  const { unopened, unanswered, answered } = progressOf(state, joinsOf(identity));
  for (const join of unopened) writer.openJoin(join, event);
  if (unanswered.length > 0) return { waitsFor: unanswered.map(({ from }) => writer.answerOf(from)) };
  const arrived = new Set<string>();
  let moves = 0;
  for (const { held, to } of moving(state, identity, oldest, moved)) {
    if (moves === movesAtOnce) return 'more';
    writer.move(held, to, !isVisitors(held.identifiers, to), event);
    arrived.add(to);
    moves += 1;
  }
  const merged = new Set<string>();
  for (const [gone, into] of emptied(state, identity, owner, oldest)) {
    writer.merge(gone, into, event);
    merged.add(gone);
  }
  for (const [lead, addresses] of addressesToTell(state, identity, { owner, arrived, merged, oldest })) {
    writer.addresses(lead, addresses, event);
  }
  for (const join of answered) writer.closeJoin(join, event);
  return 'settled';
}

function isVisitors(identifiers: readonly string[], owner: string): boolean {
  const device = deviceAlone(identifiers);
  return device !== undefined && idOf(device) === owner;
}

/** Activities that belong to somebody else now, from how far the moves are. */
function* moving(state: TableReader, identity: Identity, oldest: number, moved: Moving | undefined) {
  const { after } = identity;
  const histories = [...historiesOf(identity)];
  const at = histories.findIndex(({ of }) => of === moved?.[1]);
  for (const { of, from, to } of histories.slice(Math.max(at, 0))) {
    const begin = of === moved?.[1] ? Math.max(from, moved[2]) : from;
    const runs = isDevice(of) ? runsOf(after, of, begin, to) : undefined;
    for (const held of movableBy(state, of, oldest, { from: begin, to })) {
      const { occurred_at } = held.told;
      const owner =
        runs === undefined ? ownerOf(after, held.identifiers, occurred_at) : deviceOwner(after, of, runs, occurred_at);
      if (owner !== held.owner) yield { held, to: owner };
    }
  }
}

/** An identifier's history, or a stretch of it; ms. */
interface History {
  readonly of: string;
  readonly from: number;
  readonly to: number | undefined;
}

/** Those in which something may belong to somebody else now: no identifier twice, and always in the same order. */
function* historiesOf({ after, left, stretches }: Identity): Iterable<History> {
  const devices = new Set<string>();
  for (const strong of left.keys()) {
    yield { of: strong, from: 0, to: undefined };
    for (const device of devicesOf(after, strong)) {
      if (devices.has(device)) continue;
      devices.add(device);
      yield { of: device, from: 0, to: undefined };
    }
  }
  for (const { device, from, to } of stretches) {
    if (!devices.has(device)) yield { of: device, from, to };
  }
}

/** Leads that have nobody left, and visitors with nothing left that moves, with whom it went to. `owner`: the event's. */
function* emptied(
  state: TableReader,
  identity: Identity,
  owner: string,
  oldest: number,
): Iterable<readonly [string, string]> {
  const { after, left, stretches } = identity;
  for (const gone of new Set(left.values())) {
    if (isLeft(after, gone)) yield [gone, leadOfId(after, gone) ?? owner];
  }
  for (const device of new Set(stretches.map((one) => one.device))) {
    const gone = idOf(device);
    if (gone === owner || !isClaimed(after, device) || isClaimed(state, device)) continue;
    if (aliasOf(state, gone) !== undefined) continue;
    for (const { told } of movableBy(state, device, oldest)) {
      yield [gone, ownerOf(after, [device], told.occurred_at)];
      break;
    }
  }
}
