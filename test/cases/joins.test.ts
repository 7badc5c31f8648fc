import { describe, expect, test } from 'vitest';
import type { Trigger } from '#schemas/generated/records';
import { type Call, DAY, HOUR, ident, stepsOf, story, track, WHITE_PAPER } from '#test/given/story';

const WORK = 'ann@x.example';
const HOME = 'ann@home.example';

const asksAtHome = track(DAY, 'Asset Downloaded', { email: HOME }, WHITE_PAPER);
const asksAtWork = track(2 * DAY, 'Asset Downloaded', { userId: 'ann' }, WHITE_PAPER);
const joins = (at: number) => ident(at, 'ann', { email: HOME });
const parts = (at: number) => track(at, 'Unmerged', { userId: 'ann', email: HOME });

const hot = (at: number, who: { readonly email: string }): readonly Call[] =>
  ['Trial Started', 'Appointment Scheduled', 'Email Replied'].map((name) => track(at, name, who));

const inOrder = (triggers: readonly Trigger[]) => triggers.toSorted((a, b) => a.at - b.at);

describe.each([1, 8])('two leads that turn out to be one, over %i partitions', (partitions) => {
  const told = (calls: readonly Call[], until: number) => story(calls, until, undefined, partitions);

  test('go on with a program of the younger one where it was, and send no step twice', async () => {
    const late = ident(4 * DAY, 'ann', { email: HOME });
    const calls = [ident(0, 'ann', { email: WORK }), asksAtHome, late];
    const { of, outcome } = await told(calls, 20 * DAY);
    expect(of(asksAtHome).lead).toBe(of(late).lead);
    const triggers = inOrder(outcome.triggers);
    expect(stepsOf(triggers)).toEqual(['case_study', 'webinar_invitation', 'demo_offer']);
    expect(triggers.map(({ lead_id }) => lead_id === of(late).lead)).toEqual([false, true, true]);
  });

  test('go on with the run that is further, where both are in a program', async () => {
    const calls = [ident(0, 'ann', { email: WORK }), asksAtHome, asksAtWork, joins(3 * DAY + HOUR)];
    const { outcome } = await told(calls, 20 * DAY);
    // hers at home: asked for after a day; hers at work never got that far
    expect(stepsOf(inOrder(outcome.triggers))).toEqual(['case_study', 'webinar_invitation', 'demo_offer']);
  });

  test('are in the further stage of both since it was entered, and nobody is handed over again', async () => {
    const calls = [ident(0, 'ann', { email: WORK }), ...hot(DAY, { email: HOME }), joins(2 * DAY)];
    const more = track(3 * DAY, 'Trial Started', { userId: 'ann' });
    const { of, outcome } = await told([...calls, more], 5 * DAY);
    expect(outcome.handoffs).toHaveLength(1);
    expect(outcome.triggers.filter(({ program }) => program === 'mql-alert')).toHaveLength(1);
    expect(of(more).moves.at(-1)).toBe('joined: lead → mql');
    expect(outcome.staged.filter(({ lead_id }) => lead_id === of(more).lead).at(-1)?.stage_after).toBe('mql');
  });

  test('stay with the representative who knows one of them', async () => {
    const asked = hot(DAY, { email: HOME });
    const [first] = asked;
    const others = hot(DAY + HOUR, { email: 'zoe@y.example' });
    const back = ['Handoff Returned', 'Appointment Scheduled'].map((name, i) =>
      track((3 + i) * DAY, name, { userId: 'ann' }),
    );
    const calls = [ident(0, 'ann', { email: WORK }), ...asked, ...others, joins(2 * DAY), ...back];
    const { of, outcome } = await told(calls, 6 * DAY);
    const reps = outcome.handoffs.map(({ rep }) => rep);
    if (first === undefined) throw new Error('nobody is hot');
    const hers = of(first).handoffs.at(-1)?.rep;
    expect(outcome.handoffs).toHaveLength(3);
    expect(reps.filter((rep) => rep === hers)).toHaveLength(2);
  });

  test('are two again as they were, and no step goes to an address that had it', async () => {
    const again = track(6 * DAY, 'Asset Downloaded', { email: HOME }, WHITE_PAPER);
    const calls = [ident(0, 'ann', { email: WORK }), asksAtHome, joins(4 * DAY), parts(5 * DAY), again];
    const { outcome } = await told(calls, 25 * DAY);
    const sent = outcome.triggers.filter(({ suppressed_by }) => suppressed_by === null);
    const said = sent.map(({ step, personal }) => `${step} to ${personal.email}`);
    expect(new Set(said).size).toBe(said.length);
  });
});
