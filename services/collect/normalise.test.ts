import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sha256 } from '#lib/hash/sha256';
import type { LeadEvent } from '#schemas/generated/records';
import { createNormalise, type Reception } from '#services/collect/normalise';
import { YEAR_2000 } from '#services/collect/time';

const NOW = Date.UTC(2026, 5, 1);
const MINUTE = 60_000;
const normalise = createNormalise(sha256);

const reception: Reception = {
  publisher: 'site',
  client: { ip: '198.51.100.7', userAgent: 'browser' },
  importId: null,
  ownTime: false,
  unsaid: NOW,
  latest: NOW + 5 * MINUTE,
  present: NOW,
  received: () => NOW,
  newId: () => 'new-id',
};

function event(call: unknown): LeadEvent {
  const outcome = normalise(call, reception);
  if (outcome.kind !== 'ok') throw new Error(`${outcome.reason}: ${outcome.detail}`);
  return outcome.value;
}

function refusal(call: unknown): readonly [reason: string, detail: string] {
  const outcome = normalise(call, reception);
  if (outcome.kind === 'ok') throw new Error('was accepted');
  return [outcome.reason, outcome.detail];
}

const track = (fields: object): object => ({ type: 'track', event: 'Trial Started', userId: 'u1', ...fields });

test('a call becomes an event, its personal fields apart from all others', () => {
  const call = {
    type: 'page',
    messageId: 'm1',
    anonymousId: 'a1',
    userId: 'u1',
    timestamp: '2026-05-31T10:00:00Z',
    sentAt: '2026-05-31T10:00:01Z',
    name: 'Prices',
    properties: {
      url: 'https://example.com/pricing?utm_source=news&utm_campaign=May+sale#top',
      email: 'x@y.z',
      plan: 1,
    },
    context: {
      ip: '203.0.113.1',
      userAgent: 'UA',
      locale: 'de',
      traits: { email: ' Ann@Example.COM ', name: 'Ann' },
      device: { type: 'ios', advertisingId: 'ad-1' },
      page: { referrer: 'https://www.google.com/search', title: 'Pricing' },
    },
    channel: 'browser',
  };
  expect(event(call)).toEqual({
    event_id: 'm1',
    publisher: 'site',
    name: 'page_viewed',
    occurred_at: Date.UTC(2026, 4, 31, 10),
    received_at: NOW,
    clamped: false,
    content_hash: expect.stringMatching(/^[0-9a-f]{32}$/),
    import_id: null,
    own_time: false,
    url: 'https://example.com/pricing?utm_source=news&utm_campaign=May+sale#top',
    path: '/pricing',
    referrer: 'https://www.google.com/search',
    title: 'Pricing',
    source: 'news',
    medium: null,
    campaign: 'May sale',
    properties:
      '{"name":"Prices","plan":1,"url":"https://example.com/pricing?utm_source=news&utm_campaign=May+sale#top"}',
    context:
      '{"channel":"browser","device":{"type":"ios"},"locale":"de","page":{"referrer":"https://www.google.com/search","title":"Pricing"}}',
    personal: {
      email: 'ann@example.com',
      user_id: 'u1',
      anonymous_id: 'a1',
      traits:
        '{"context.device.advertisingId":"ad-1","email":" Ann@Example.COM ","name":"Ann","properties.email":"x@y.z"}',
      ip: '203.0.113.1',
      user_agent: 'UA',
    },
  });
});

describe('names', () => {
  test.each([
    ['Email Opened', 'email_opened', { email_id: 'e' }],
    ['Email Link Clicked', 'email_clicked', { email_id: 'e' }],
    ['Email Delivered', 'email_delivered', {}],
    ['Email Marked as Spam', 'email_marked_as_spam', {}],
    ['Unsubscribed', 'unsubscribed', {}],
    ['Trial Started', 'trial_started', {}],
    ['Booking Cancelled', 'booking_canceled', {}],
    ['Order Completed', 'order_completed', {}],
    ['YouTube Video Played', 'youtube_video_played', {}],
    ['page_viewed', 'page_viewed', {}],
    ['email_link_clicked', 'email_clicked', { email_id: 'e' }],
    ['Trial Started ', 'trial_started', {}],
    ['Trial started', 'trial_started', {}],
    ['TRIAL  STARTED', 'trial_started', {}],
    ['trial started', 'trial_started', {}],
    ['Unsubscribed ', 'unsubscribed', {}],
    ['\tUNSUBSCRIBED\n', 'unsubscribed', {}],
    ['Email Marked As Spam', 'email_marked_as_spam', {}],
    ['email_complained', 'email_marked_as_spam', {}],
    ['Spam Complaint', 'email_marked_as_spam', {}],
    ['Email Complained', 'email_marked_as_spam', {}],
    [' Order Completed ', 'order_completed', {}],
    [' clicked the big button ', 'clicked the big button', {}],
    ['EmailOpened', 'EmailOpened', {}],
    ['clicked the big button', 'clicked the big button', {}],
    ['資料請求', '資料請求', {}],
    ['constructor', 'constructor', {}],
    ['__proto__', '__proto__', {}],
  ])('%s is %s', (name, behaviour, properties) => {
    expect(event(track({ event: name, properties })).name).toBe(behaviour);
  });

  test.each([
    ['page', 'page_viewed'],
    ['screen', 'page_viewed'],
    ['identify', 'identified'],
    ['group', 'grouped'],
    ['alias', 'aliased'],
  ])('a %s call is %s', (type, behaviour) => {
    expect(event({ type, userId: 'u' }).name).toBe(behaviour);
  });

  test('the first 200 characters of a source, medium and campaign count, wherever they come from', () => {
    const long = 'x'.repeat(5000);
    const names = { source: 'x'.repeat(200), medium: 'x'.repeat(200), campaign: 'x'.repeat(200) };
    const address = `https://a.example/?utm_source=${long}&utm_medium=${long}&utm_campaign=${long}`;
    expect(event({ type: 'page', userId: 'u1', properties: { url: address } })).toMatchObject(names);
    const campaign = { source: long, medium: long, name: long };
    expect(event({ type: 'page', userId: 'u1', context: { campaign } })).toMatchObject(names);
  });

  test('ids of group and alias calls are properties of the behaviour', () => {
    expect(event({ type: 'group', userId: 'u', groupId: 'g' }).properties).toBe('{"group_id":"g"}');
    expect(event({ type: 'alias', userId: 'u', previousId: 'p' }).properties).toBe('{"previous_id":"p"}');
  });

  test.each([
    ['alias', { type: 'alias' }],
    ['track', { type: 'track', event: 'Unmerged' }],
    ['track', { type: 'track', event: 'unmerged' }],
  ])('the previous id of %s %j is trimmed, and none if it names nobody', (_type, call) => {
    const told = (fields: object) => event({ ...call, userId: 'u', ...fields });
    expect(told({ previousId: ' p ' })).toMatchObject({ properties: '{"previous_id":"p"}', context: '{}' });
    expect(told({ properties: { previous_id: 7, why: 'x' } }).properties).toBe('{"previous_id":"7","why":"x"}');
    expect(told({ previousId: 'Anonymous', properties: { previous_id: 'null' } })).toMatchObject({
      properties: '{}',
      context: '{}',
    });
    expect(refusal({ ...call, userId: 'u', previousId: {} })).toEqual(['mistyped_field', 'previousId must be a text']);
  });

  test('the unmerge of a device needs no more than a userId and an anonymousId', () => {
    const call = { type: 'track', event: 'Unmerged', userId: 'u', anonymousId: 'a' };
    expect(event(call)).toMatchObject({ name: 'unmerged', personal: { user_id: 'u', anonymous_id: 'a' } });
  });

  test('the previousId of any other call is no property of it', () => {
    expect(event(track({ previousId: 'p' }))).toMatchObject({ properties: '{}', context: '{"previousId":"p"}' });
  });
});

describe('identifiers', () => {
  test.each([
    ...[
      '',
      '  ',
      'null',
      'undefined',
      'Anonymous',
      '[object Object]',
      null,
      0,
      '0',
      -1,
      false,
      true,
      'guest',
      'none',
      'NaN',
    ],
    ...['false', '00000000-0000-0000-0000-000000000000', '{{ user.id }}', '%USER_ID%', `\${userId}`, '{}', '-'],
  ])('userId %j is none', (userId) => {
    expect(refusal(track({ userId }))).toEqual(['missing_field', 'one of userId, anonymousId and email is needed']);
    expect(event(track({ userId, anonymousId: 'a1' })).personal).toMatchObject({ user_id: null, anonymous_id: 'a1' });
    expect(event(track({ anonymousId: userId })).personal).toMatchObject({ user_id: 'u1', anonymous_id: null });
  });

  test('an id that is an address goes on as it was reported: whose it is, identify says', () => {
    expect(event(track({ userId: 'ANN@x.example' })).personal).toMatchObject({ user_id: 'ANN@x.example', email: null });
  });

  test('an alias of two devices is taken', () => {
    const alias = event({ type: 'alias', anonymousId: 'a2', previousId: 'a1' });
    expect(alias).toMatchObject({ name: 'aliased', personal: { user_id: null, anonymous_id: 'a2' } });
    expect(alias.properties).toBe('{"previous_id":"a1"}');
  });

  test.each([
    ['traits', { traits: { email: 'A@b.c' } }],
    ['context.traits', { context: { traits: { email: 'A@b.c' } } }],
    ['the call', { email: ' a@B.c' }],
    ['the properties of a mail', { event: 'email_sent', properties: { email_id: 'e', email: 'a@b.c' } }],
    ['the properties of a complaint', { event: 'Email Marked as Spam', properties: { email: 'a@b.c' } }],
    ['the properties of an unsubscribe', { event: 'Unsubscribed ', properties: { email: 'a@b.c' } }],
  ])('an address in %s is enough', (_where, fields) => {
    expect(event(track({ userId: undefined, ...fields })).personal.email).toBe('a@b.c');
  });

  test.each([
    [' Ann@Example.COM ', 'ann@example.com'],
    ['Jose\u0301@example.com', 'jos\u00e9@example.com'],
    ['ann+news@example.com', 'ann+news@example.com'],
    ['a.nn@example.com', 'a.nn@example.com'],
    ['ann@b\u00fccher.example', 'ann@xn--bcher-kva.example'],
    ['Ann <mailto:ANN@example.com>', 'ann@example.com'],
    ['\u200bann@example.com.', 'ann@example.com'],
  ])('the address %j is %j', (email, normal) => {
    expect(event(track({ traits: { email } })).personal.email).toBe(normal);
  });

  test.each([
    'Trial Started',
    'Email Preferences Colleague Invited',
    'email_forwarded',
    'subscribed_colleague',
    'deal_won',
  ])('an address in the properties of %s may be anyone’s', (name) => {
    const call = track({ event: name, properties: { email: 'colleague@b.c' } });
    expect(refusal({ ...call, userId: undefined })[0]).toBe('missing_field');
    expect(event(call).personal).toMatchObject({
      user_id: 'u1',
      email: null,
      traits: '{"properties.email":"colleague@b.c"}',
    });
  });

  test('the traits of a group call are the company’s', () => {
    const { personal } = event({ type: 'group', userId: 'u', groupId: 'g', traits: { email: 'info@acme.com' } });
    expect(personal.email).toBeNull();
    expect(personal.traits).toBe('{"company":{"email":"info@acme.com","id":"g"}}');
  });

  test('a number is an id as long as it is exact', () => {
    expect(event(track({ userId: 42 })).personal.user_id).toBe('42');
    expect(refusal(track({ userId: 2 ** 53 }))[0]).toBe('mistyped_field');
  });

  test('an event without an id gets one', () => {
    expect(event(track({})).event_id).toBe('new-id');
    expect(event(track({ messageId: 'null' })).event_id).toBe('new-id');
  });
});

describe('nothing personal is lost', () => {
  const traitsOf = (call: object) => JSON.parse(event(call).personal.traits);

  test.each<[string, object, object]>([
    [
      'an address beside that of the traits',
      { email: 'b@x.y', traits: { email: 'a@x.y' } },
      { email: 'a@x.y', 'context.call.email': 'b@x.y' },
    ],
    ['a text in place of an address', { email: 'by phone' }, { 'context.call.email': 'by phone' }],
    [
      'other traits of the context',
      { traits: { a: 1, b: [1] }, context: { traits: { a: 2, b: [1], c: 3 } } },
      { a: 1, b: [1], c: 3, 'context.traits.a': 2 },
    ],
    ['traits that are none', { context: { traits: ['x'] } }, { 'context.traits': ['x'] }],
    ['an address of the network that is no text', { context: { ip: 7 } }, { 'context.ip': 7 }],
    ['a user agent that is no text', { context: { userAgent: { name: 'x' } } }, { 'context.userAgent': { name: 'x' } }],
    [
      'the company before',
      { type: 'group', groupId: 'g', context: { traits: { company: 'Acme' } } },
      { company: { id: 'g' }, 'context.traits.company': 'Acme' },
    ],
    ['the company’s own id', { type: 'group', traits: { id: 'own' } }, { company: { id: 'own' } }],
  ])('%s', (_what, fields, traits) => {
    expect(traitsOf({ type: 'identify', userId: 'u', ...fields })).toEqual(traits);
  });

  test('what fits is at its own place only', () => {
    const { personal } = event(
      track({ email: ' A@b.c', traits: { a: 1 }, context: { traits: { a: 1 }, ip: '1.2.3.4' } }),
    );
    expect(personal).toMatchObject({ email: 'a@b.c', traits: '{"a":1}', ip: '1.2.3.4' });
  });

  test('a device that is a text, and a field that is in the call and in its context', () => {
    const { context } = event(track({ channel: 'mobile', context: { device: 'phone', channel: 'app' } }));
    expect(JSON.parse(context)).toEqual({ channel: 'app', 'call.channel': 'mobile', device: 'phone' });
  });
});

describe('a cost', () => {
  const cost = { type: 'track', event: 'Cost Recorded', properties: { amount: 120.5, currency: 'EUR' } };

  test('needs nobody', () => {
    expect(event(cost)).toMatchObject({
      name: 'cost_recorded',
      properties: '{"amount":120.5,"currency":"EUR"}',
      personal: { email: null, user_id: null, anonymous_id: null },
    });
  });

  test('says what the money was spent on', () => {
    const spent = { source: 'google', medium: 'cpc', campaign: 'may' };
    expect(event({ ...cost, properties: { ...cost.properties, ...spent } })).toMatchObject(spent);
    expect(event({ ...cost, context: { campaign: { source: 'google', medium: 'cpc', name: 'may' } } })).toMatchObject(
      spent,
    );
    expect(event(track({ properties: spent }))).toMatchObject({ source: null, medium: null, campaign: null });
  });

  test('without an amount is none', () => {
    expect(refusal({ ...cost, properties: {} })).toEqual([
      'missing_field',
      'properties.amount is missing: cost_recorded needs it',
    ]);
  });
});

describe('time', () => {
  test('an event that does not say when happened when it was received', () => {
    expect(event(track({}))).toMatchObject({ occurred_at: NOW, clamped: false });
  });

  test.each([
    ['five minutes ahead stays', NOW + 5 * MINUTE, NOW + 5 * MINUTE, false],
    ['more than five minutes ahead is taken for now', NOW + 5 * MINUTE + 1, NOW, true],
    ['the far future is taken for now', '9999-12-31T23:59:59Z', NOW, true],
    ['the first instant of 2000 stays', YEAR_2000, YEAR_2000, false],
  ])('%s', (_rule, timestamp, occurred_at, clamped) => {
    expect(event(track({ timestamp }))).toMatchObject({ occurred_at, clamped, received_at: NOW });
  });

  test('originalTimestamp counts where there is no timestamp', () => {
    expect(event(track({ originalTimestamp: NOW - 1 })).occurred_at).toBe(NOW - 1);
    expect(event(track({ originalTimestamp: NOW - 1, timestamp: NOW - 2 })).occurred_at).toBe(NOW - 2);
  });
});

test.each<[string, unknown, string, string]>([
  ['a list', [], 'mistyped_field', 'a call must be a JSON object'],
  ['no type', { userId: 'u' }, 'missing_field', 'type is missing'],
  ['an unknown type', { type: 'tarck' }, 'mistyped_field', 'type must be one of'],
  ['no event', { type: 'track', userId: 'u' }, 'missing_field', 'event is missing'],
  ['a blank event', track({ event: ' ' }), 'missing_field', 'event is empty'],
  ['a number as event', track({ event: 1 }), 'mistyped_field', 'event must be a text'],
  ['a long event', track({ event: 'x'.repeat(201) }), 'too_long', 'event is longer than 200'],
  ['a long id', track({ userId: 'x'.repeat(513) }), 'too_long', 'userId is longer than 512'],
  ['a long message id', track({ messageId: 'x'.repeat(513) }), 'too_long', 'messageId'],
  ['a long address', track({ email: `${'x'.repeat(512)}@y.z` }), 'too_long', 'email'],
  ['an object as id', track({ anonymousId: {} }), 'mistyped_field', 'anonymousId'],
  ['a time before 2000', track({ timestamp: '1999-12-31T23:59:59.999Z' }), 'before_2000', 'timestamp is before 2000'],
  ['seconds as time', track({ timestamp: 1_767_323_045 }), 'before_2000', 'milliseconds'],
  ['no time at all', track({ timestamp: 'soon' }), 'mistyped_field', 'timestamp must be'],
  ['properties as text', track({ properties: 'x' }), 'mistyped_field', 'properties must be a JSON object'],
  ['no email_id', track({ event: 'Email Opened' }), 'missing_field', 'properties.email_id is missing'],
  ['an empty email_id', track({ event: 'email_sent', properties: { email_id: '' } }), 'missing_field', 'email_id'],
  ['a number as email_id', track({ event: 'email_sent', properties: { email_id: 1 } }), 'mistyped_field', 'email_id'],
  ['a text as amount', track({ event: 'cost_recorded', properties: { amount: '1' } }), 'mistyped_field', 'amount'],
])('%s is refused', (_what, call, reason, detail) => {
  const [why, line] = refusal(call);
  expect(why).toBe(reason);
  expect(line).toContain(detail);
});

test('values nested too deep for those who read them are refused', () => {
  const nested = (depth: number): unknown => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`);
  expect(event(track({ properties: { deep: nested(60) } })).name).toBe('trial_started');
  expect(refusal(track({ properties: { deep: nested(100) } }))[0]).toBe('too_deep');
  expect(refusal(track({ context: { deep: nested(100_000) } }))[0]).toBe('too_deep');
});

describe('content_hash', () => {
  const call = track({ messageId: 'm', properties: { a: 1, b: [2] }, context: { ip: '1.2.3.4' } });
  const hash = event(call).content_hash;

  test('is the same for a retry, in any order of the fields and whatever the transport adds', () => {
    const retry = {
      sentAt: '2026-01-01',
      writeKey: 'k',
      context: { ip: '1.2.3.4' },
      properties: { b: [2], a: 1 },
      userId: 'u1',
      event: 'Trial Started',
      type: 'track',
      messageId: 'm',
    };
    expect(event(retry).content_hash).toBe(hash);
    expect(normalise(retry, { ...reception, unsaid: NOW + 9, client: { ip: null, userAgent: null } })).toMatchObject({
      value: { content_hash: hash },
    });
  });

  test.each<[string, object]>([
    ['the address of the network', { context: { ip: '203.0.113.9' } }],
    ['the user agent', { context: { ip: '1.2.3.4', userAgent: 'UA' } }],
    ['times of the transport', { sentAt: '2026-01-01', receivedAt: '2026-01-02' }],
    ['the time of receipt in place of one', { timestamp: '2026-01-02', receivedAt: '2026-01-02' }],
    ['the channel', { channel: 'server' }],
    ['the version of the format', { version: 2 }],
    ['destinations', { integrations: { All: true } }],
    [
      'what the library says of itself',
      { _metadata: { nodeVersion: '20' }, metadata: { trackId: 't' }, projectId: 'p' },
    ],
    ['fields without a value', { groupId: null, previousId: null, traits: null }],
  ])('is the same with %s', (_what, fields) => {
    expect(event({ ...call, ...fields }).content_hash).toBe(hash);
  });

  test('is the same for an archive’s copy, whose clock is corrected', () => {
    const said = { ...call, timestamp: '2026-05-01T10:00:00Z' };
    const copy = { ...call, originalTimestamp: '2026-05-01T10:00:00Z', timestamp: '2026-05-01T10:00:02.113Z' };
    expect(event(copy).content_hash).toBe(event(said).content_hash);
    expect(event(said).content_hash).not.toBe(hash);
  });

  test('what the transport adds is kept all the same', () => {
    expect(event({ ...call, channel: 'server', plan: 'x' }).context).toBe('{"channel":"server","plan":"x"}');
  });

  test.each([
    { properties: { a: 2, b: [2] } },
    { userId: 'u2' },
    { timestamp: NOW },
    { traits: { a: 1 } },
    { context: { ip: '1.2.3.4', locale: 'fr' } },
    { plan: 'x' },
    { originalTimestamp: NOW },
    { event: 'subscribed' },
  ])('differs with %j', (fields) => {
    expect(event({ ...call, ...fields }).content_hash).not.toBe(hash);
  });
});

test('NUL characters and lone surrogates are replaced everywhere, pairs stay', () => {
  const bad = 'a\0b\ud800c😀';
  const call = track({ event: bad, userId: bad, properties: { [bad]: bad, url: `/${bad}` }, traits: { x: [bad] } });
  const cleaned = event({ ...call, messageId: bad });
  expect(cleaned).toMatchObject({ event_id: 'a�b�c😀', name: 'a�b�c😀', path: '/a�b�c😀' });
  expect(JSON.parse(cleaned.properties)).toEqual({ 'a�b�c😀': 'a�b�c😀', url: '/a�b�c😀' });
  expect(cleaned.personal).toMatchObject({ user_id: 'a�b�c😀', traits: '{"x":["a�b�c😀"]}' });
});

test('whatever JSON holds, it is taken or refused, and what is taken can be written and read again', () => {
  const field = fc.constantFrom(
    ...['type', 'event', 'userId', 'anonymousId', 'email', 'traits', 'properties', 'context', 'messageId', 'timestamp'],
    ...['name', 'groupId', 'previousId', '__proto__', 'constructor', 'page', 'campaign', 'device', 'url', 'referrer'],
  );
  const text = fc.string({ unit: 'binary' });
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(
        'track',
        'page',
        'identify',
        'group',
        'Email Opened',
        'a@b.c',
        '2026-01-01',
        'http://a/?utm_source=%',
      ),
      text,
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value')),
      fc.dictionary(fc.oneof(field, text), tie('value')),
    ),
  }));
  const call = fc.oneof(
    value,
    fc.dictionary(field, value),
    fc.dictionary(field, value).map((fields) => track(fields)),
  );
  fc.assert(
    fc.property(call, (input) => {
      const parsed: unknown = JSON.parse(JSON.stringify(input));
      const outcome = normalise(parsed, reception);
      if (outcome.kind === 'dead') return outcome.detail !== '' && !outcome.detail.includes('\n');
      const { properties, context, personal, ...rest } = outcome.value;
      for (const json of [properties, context, personal.traits]) JSON.parse(json);
      const text = JSON.stringify({ ...rest, properties, context, personal });
      return !/\\u0000|\\ud[89a-f]/.test(text) && outcome.value.occurred_at >= YEAR_2000;
    }),
    { numRuns: 2_000 },
  );
});
