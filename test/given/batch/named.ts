import { sha256 } from '#lib/hash/sha256';
import type { LeadEvent } from '#schemas/generated/records';

/** What names nobody, whatever its case and the space around it. */
const FORBIDDEN = new Set(['', 'null', 'undefined', 'anonymous', '[object object]']);

/** The identifiers of one event. */
export interface Named {
  readonly event: LeadEvent;
  /** Orders events of one moment: publisher and event id. */
  readonly key: string;
  /** UserId, previous id and email, strongest first, each once. */
  readonly strong: readonly string[];
  readonly device: string | undefined;
  /** The device that an alias claims beside. */
  readonly previousDevice: string | undefined;
  readonly unmerges: boolean;
}

export function named(event: LeadEvent): Named {
  const { user_id, email, anonymous_id } = event.personal;
  const user = userOf(user_id);
  const device = identifier('anonymous', anonymous_id);
  const hasPrevious =
    event.name === 'unmerged' || (event.name === 'aliased' && (user !== undefined || address(email) !== null));
  const previousId = hasPrevious ? (JSON.parse(event.properties) as { previous_id?: unknown }).previous_id : undefined;
  const previous = typeof previousId === 'string' ? previousId : null;
  const strong = [user, userOf(previous), identifier('email', address(email))];
  return {
    event,
    key: keyOf(event),
    strong: [...new Set(strong.filter((one) => one !== undefined))],
    device,
    previousDevice: event.name === 'aliased' && previous !== null ? identifier('anonymous', previous) : undefined,
    unmerges: event.name === 'unmerged',
  };
}

/** Names an event among those of all publishers. */
export function keyOf({ publisher, event_id }: { readonly publisher: string; readonly event_id: string }): string {
  return `${event_id} ${publisher}.${publisher.length}`;
}

/** By occurred_at, then by key. */
export function inTime(a: Named, b: Named): number {
  return a.event.occurred_at - b.event.occurred_at || compareText(a.key, b.key);
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The lead or visitor that an identifier founds. */
export function leadIdOf(founder: string): string {
  return founder.slice(founder.indexOf(' ') + 1);
}

/** A userId, or the address that it is. */
function userOf(value: string | null): string | undefined {
  const counts = address(value);
  const hasDomain = counts !== null && /[^.]\.[^.]/.test(counts.slice(counts.indexOf('@')));
  return hasDomain ? identifier('email', counts) : identifier('user', value);
}

/** A mail address as it counts; null if it is none. */
function address(email: string | null): string | null {
  const [name, domain, ...more] = (email ?? '').trim().toLowerCase().normalize('NFC').split('@');
  return name === '' || !domain || more.length > 0 ? null : `${name}@${domain}`;
}

function identifier(kind: 'user' | 'email' | 'anonymous', value: string | null): string | undefined {
  if (value === null || FORBIDDEN.has(value.trim().toLowerCase())) return undefined;
  return `${kind} ${sha256(`${kind}:${value}`).slice(0, 20)}`;
}
