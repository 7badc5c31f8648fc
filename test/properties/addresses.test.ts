import { expect, test } from 'vitest';
import { drive } from '#lib/flow/drive';
import { sha256 } from '#lib/hash/sha256';
import { type ActivityMessage, type EventMessage, TOPICS } from '#schemas/topics';
import { createNormalise, type Reception } from '#services/collect/normalise';
import { createIdentifyTopology } from '#services/identify/topology';
import { event, T0 } from '#test/given/event';
import { IDENTIFY, submitted } from '#test/given/identify';

const normalise = createNormalise(sha256);
let calls = 0;

const reception: Reception = {
  publisher: 'web',
  client: { ip: null, userAgent: null },
  importId: null,
  ownTime: false,
  unsaid: T0,
  latest: T0,
  present: T0,
  received: () => T0,
  newId: () => `call-${++calls}`,
};

/** What HTTP makes of a call with these traits; null: it is refused. */
function called(traits: object): EventMessage | null {
  const outcome = normalise({ type: 'track', event: 'Asked', traits }, reception);
  return outcome.kind === 'ok' ? { type: 'LeadEvent', value: outcome.value } : null;
}

/** The leads of events; undefined for one that is a dead letter. */
function leadsOf(events: readonly (EventMessage | null)[]): readonly (string | undefined)[] {
  const topology = createIdentifyTopology(IDENTIFY);
  const running = drive([topology], () => 1);
  running.publish(TOPICS.events, submitted(), T0);
  for (const message of events) if (message !== null) running.publish(TOPICS.events, message, T0);
  const leads = new Map<string, string>();
  for (const { value } of running.records(TOPICS.activity)) {
    const activity = value as ActivityMessage;
    if (activity.type === 'Activity') leads.set(activity.value.event_id, activity.value.lead_id);
  }
  return events.map((message) => (message?.type === 'LeadEvent' ? leads.get(message.value.event_id) : undefined));
}

const FORMS = ['jos\u00e9@b\u00fccher.example', 'jose\u0301@bu\u0308cher.example'].flatMap((form) => [
  form,
  form.toUpperCase(),
  ` \t${form}\n`,
]);

test('an address is one lead in every form, whether it comes over HTTP or is written straight to the log', () => {
  const leads = leadsOf([...FORMS.map((email) => called({ email })), ...FORMS.map((email) => event({ email }))]);
  expect(leads).toEqual(Array(12).fill(leads[0]));
  expect(leads[0]).toBeDefined();
});

test.each(['unknown', 'n/a', 'jos\u00e9@', ''])('%j is no address, whichever way it comes', (email) => {
  expect(leadsOf([called({ email }), event({ email })])).toEqual([undefined, undefined]);
  const [ann, bob] = leadsOf([event({ user: 'ann', email }), event({ user: 'bob', email })]);
  expect(ann).not.toBe(bob);
});
