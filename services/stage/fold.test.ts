import { describe, expect, test } from 'vitest';
import type { Drive } from '#lib/flow/drive';
import { sha256 } from '#lib/hash/sha256';
import { createCompiler } from '#lib/model/compile';
import type { Staged } from '#schemas/generated/records';
import { type EventMessage, type StageMessage, TOPICS } from '#schemas/topics';
import { createIdentifyTopology } from '#services/identify/topology';
import { createScoreTopology } from '#services/score/topology';
import { createStageTopology } from '#services/stage/topology';
import { DAY, event, HOUR, T0 } from '#test/given/event';
import { running } from '#test/given/running';

const compile = createCompiler();
const topologies = [
  createIdentifyTopology({ hash: sha256, compile, partitions: 1, tickEvery: 1000, importTickEvery: HOUR }),
  createScoreTopology({ compile, hash: sha256 }),
  createStageTopology({ compile }),
];

const given = (...events: readonly EventMessage[]) => running(topologies, events);

function staged(running: Drive): Staged[] {
  return running
    .records(TOPICS.stages)
    .map(({ value }) => value as StageMessage)
    .flatMap((message) => (message.type === 'Staged' ? [message.value] : []));
}

function movesOf(running: Drive): string[] {
  return staged(running).flatMap(({ moves }) => moves.map(({ from_stage, to_stage }) => `${from_stage} → ${to_stage}`));
}

const ann = { user: 'ann' };
const fifty = ['trial_started', 'appointment_scheduled'].map((name) => event({ ...ann, name }));

describe('up the ladder', () => {
  test('a device alone stays a visitor', () => {
    const running = given(event({ device: 'd1' }));
    expect(movesOf(running)).toEqual([]);
    expect(staged(running)).toMatchObject([{ stage_before: '', stage_after: 'visitor', known: false }]);
  });

  test('who gives a userId is a lead; one with 50 points is an MQL, and its story goes with it', () => {
    const running = given(...fifty);
    expect(movesOf(running)).toEqual(['visitor → lead', 'lead → mql']);
    const last = staged(running).at(-1);
    expect(last).toMatchObject({ stage_before: 'lead', stage_after: 'mql', score: 50, historic: false });
    expect(last?.story?.activities.map(({ name }) => name)).toEqual(['appointment_scheduled', 'trial_started']);
    expect(last?.story?.contributions.map(({ raw }) => raw)).toEqual([25, 25]);
  });

  test('49.9 points are not enough', () => {
    const late = T0 + HOUR;
    const running = given(...fifty.slice(0, 1), event({ ...ann, name: 'appointment_scheduled', occurred_at: late }));
    expect(movesOf(running)).toEqual(['visitor → lead']);
  });

  test('sales takes it on from there: accepted, opportunity, won', () => {
    const sales = ['handoff_accepted', 'opportunity_created', 'deal_won'].map((name) => event({ ...ann, name }));
    expect(movesOf(given(...fifty, ...sales)).slice(2)).toEqual([
      'mql → sql',
      'sql → opportunity',
      'opportunity → customer',
    ]);
  });

  test('moved activities are not judged: the event that made the visitor known is, on the whole score', () => {
    const running = given(
      ...fifty.map(
        ({ type, value }) =>
          ({
            type,
            value: {
              ...value,
              personal: {
                ...event({ device: 'd1' }).value,
                ...('personal' in value ? value.personal : {}),
                user_id: null,
                anonymous_id: 'd1',
              },
            },
          }) as EventMessage,
      ),
      event({ device: 'd1', user: 'ann', name: 'form_submitted' }),
    );
    const moves = staged(running).filter(({ moves: found }) => found.length > 0);
    expect(moves).toHaveLength(1);
    expect(moves[0]).toMatchObject({ cause_id: staged(running).at(-1)?.cause_id, stage_after: 'mql' });
  });

  test('who was a visitor before becoming known was one from the first visit on, and a lead from that event on', () => {
    const known = { device: 'd1', user: 'ann', name: 'form_submitted' };
    const running = given(
      event({ device: 'd1' }),
      event({ device: 'd1', occurred_at: T0 + HOUR }),
      event({ ...known, occurred_at: T0 + 3 * DAY }),
      event({ device: 'd2' }),
      event({ device: 'd2', user: 'ann', occurred_at: T0 + 4 * DAY }),
      ...fifty.map(({ value }) =>
        event({ ...ann, name: 'name' in value ? value.name : '', occurred_at: T0 + 5 * DAY }),
      ),
    );
    const moves = staged(running).flatMap(({ moves }) => moves);
    expect(moves).toMatchObject([
      { to_stage: 'lead', at: T0 + 3 * DAY, from_since: T0 },
      { to_stage: 'mql', at: T0 + 5 * DAY, from_since: T0 + 3 * DAY },
    ]);
  });
});

describe('time', () => {
  test('a lead that does nothing for 90 days is dormant at that moment, whenever the log gets to it', () => {
    const running = given(event(ann));
    running.tick(T0 + 200 * DAY);
    expect(staged(running).at(-1)).toMatchObject({
      stage_before: 'lead',
      stage_after: 'dormant',
      at: T0 + 90 * DAY,
      scored: null,
    });
  });

  test('what others do is no sign of life', () => {
    const running = given(
      event(ann),
      event({ ...ann, name: 'email_sent', properties: { email_id: 'm' }, occurred_at: T0 + 80 * DAY }),
    );
    running.tick(T0 + 91 * DAY);
    expect(movesOf(running)).toEqual(['visitor → lead', 'lead → dormant']);
  });

  test('a dormant lead that does something is a lead again', () => {
    const running = given(event(ann), event({ ...ann, occurred_at: T0 + 100 * DAY }));
    expect(movesOf(running)).toEqual(['visitor → lead', 'lead → dormant', 'dormant → lead']);
  });

  test('a behaviour from long ago that is reported now does not wake a dormant lead', () => {
    const late = T0 + 300 * DAY;
    const running = given(event(ann), event({ ...ann, occurred_at: T0 + 10 * DAY, received_at: late }));
    expect(movesOf(running)).toEqual(['visitor → lead', 'lead → dormant']);
  });

  test('what follows from an import is historic, also a wake-up that it set', () => {
    const running = given(event({ ...ann, import_id: 'i' }));
    running.tick(T0 + 91 * DAY);
    expect(staged(running).map(({ historic }) => historic)).toEqual([true, true]);
  });
});
