import { createHash } from 'node:crypto';
import { NO_FACTS, NOTHING_KNOWN, UNSTAMPED } from '#lib/facts/facts';
import type { Activity, Staged } from '#schemas/generated/records';
import type { AnyMessage } from '#schemas/topics';

/** Messages of plausible content for tests of logs and codecs; `n` makes them differ. */
export function activity(n: number): Activity {
  return {
    seq: n,
    logged_at: 1_750_000_000_000 + n,
    lead_id: `lead-${String(n % 1000).padStart(27, '0')}`,
    known: n % 2 === 0,
    event_id: `evt-${String(n).padStart(28, '0')}`,
    publisher: 'site',
    name: 'page_viewed',
    occurred_at: 1_749_999_000_000 + n,
    received_at: 1_750_000_000_000 + n,
    cause: 'live',
    clamped: false,
    identifiers: ['user:5f2b8c0a9d7e4f13', 'anonymous:77aa0b1c2d3e4f50'],
    content_hash: '0123456789abcdef0123456789abcdef',
    input_offset: n,
    url: 'https://example.com/pricing?utm_source=newsletter',
    path: '/pricing',
    referrer: null,
    title: '料金 – Pricing',
    source: 'newsletter',
    medium: null,
    campaign: null,
    properties: '{"plan":"team"}',
    context: '{}',
    ...UNSTAMPED,
    personal: { email: null, user_id: `u${n}`, anonymous_id: `a${n}`, traits: '{}', ip: null, user_agent: null },
  };
}

export function activityMessage(n: number): AnyMessage {
  return { type: 'Activity', value: activity(n) };
}

export function tickMessage(n: number): AnyMessage {
  return {
    type: 'Tick',
    value: { seq: n, logged_at: 1_750_000_000_000 + n, own_time: false, identity_key: null, import_id: null },
  };
}

/** A record of lead.events. */
export function eventMessage(n: number): AnyMessage {
  return { type: 'ImportFinished', value: { import_id: `i${n}`, received_at: 1_750_000_000_000 + n, own_time: false } };
}

/** A dead letter around bytes of the given size. */
export function deadLetterMessage(n: number, size: number): AnyMessage {
  return {
    type: 'DeadLetter',
    value: {
      dead_letter_id: `d${n}`,
      at: n,
      reason: 'invalid_json',
      detail: 'line 1 is no JSON',
      origin: `import line ${n}`,
      publisher: '',
      event_id: null,
      original: incompressible(n, size),
    },
  };
}

/** Bytes that no compression makes fewer, the same for the same `n`. */
function incompressible(n: number, size: number): Uint8Array {
  if (size === 0) return new Uint8Array();
  return new Uint8Array(createHash('shake256', { outputLength: size }).update(String(n)).digest());
}

export function staged(n: number): Staged {
  const contribution = {
    event_id: `evt-${String(n).padStart(28, '0')}`,
    rule: 'pricing_page',
    model_version: '0123456789abcdef0123456789abcdef',
    occurred_at: 1_749_999_000_000 + n,
    raw: 10,
    points: 9.123456789,
    capped: 0,
  };
  const { lead_id, logged_at, event_id, personal } = activity(n);
  return {
    seq: n,
    step: 0,
    logged_at,
    lead_id,
    scored: {
      seq: n,
      step: 0,
      logged_at,
      lead_id,
      cause: 'activity',
      cause_id: event_id,
      at: logged_at,
      historic: false,
      activity: activity(n),
      moved_out: null,
      merged: null,
      score: {
        at: logged_at,
        before: 12.5,
        after: 21.623456789,
        added: [contribution],
        removed: [],
        reasons: [contribution],
      },
      due_at: null,
      grade: 'B',
      disqualified: null,
      excluded: null,
      ...NOTHING_KNOWN,
    },
    cause_id: event_id,
    at: logged_at,
    historic: false,
    known: true,
    stage_before: 'lead',
    stage_after: 'lead',
    moves: [],
    score: 21.623456789,
    story: null,
    due_at: null,
    grade: 'B',
    score_at: logged_at,
    facts: { ...NO_FACTS, personal },
    decisions: null,
  };
}
