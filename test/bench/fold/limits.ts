import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InputPosition } from '#lib/flow/position';
import { openLmdbStore } from '#lib/store/lmdb';
import { type ScoreState, stateOnly } from '#test/bench/kafka-streams/folds/score';
import { activities } from '#test/bench/kafka-streams/input/activities';

/** What nobody can be faster than, µs of processor time per record. */
export interface Limits {
  /** The fold of `state` over a Map, and nothing else. */
  readonly map: number;
  /** Only the writes of its states, 8,000 leads at a time. */
  readonly lmdb: number;
}

const AT_ONCE = 8_000;

export async function measureLimits(leads: number, events: number): Promise<Limits> {
  const records = Array.from(activities(events, leads));
  const states = new Map<string, ScoreState>();
  const context = {
    key: '',
    seq: 0,
    step: 0,
    loggedAt: 0,
    shared: null,
    items: { get: () => undefined, range: () => [], reverseRange: () => [] },
  };
  const map = await perRecord(events, async () => {
    for (const record of records) {
      const { state } = stateOnly.step(states.get(record.value.lead_id), record, context);
      if (state !== undefined) states.set(record.value.lead_id, state);
    }
  });
  const dir = await mkdtemp(join(tmpdir(), 'leadstream-fold-'));
  const store = await openLmdbStore({ dir });
  const lmdb = await perRecord(events, async () => {
    let before: readonly InputPosition[] | undefined;
    for (let at = 0; at < events; at += AT_ONCE) {
      const batch = records.slice(at, at + AT_ONCE);
      const after = [{ topic: 'bench', partition: 0, position: { offset: at + AT_ONCE, cursor: 0 } }];
      const changed = new Set(batch.map(({ value }) => value.lead_id));
      const changes = Array.from(changed, (lead) => ({ key: `s0:${lead}`, value: { state: states.get(lead) } }));
      await store.commit(changes, after, before);
      before = after;
    }
  });
  await store.close();
  await rm(dir, { recursive: true, force: true });
  return { map, lmdb };
}

async function perRecord(events: number, work: () => Promise<void>): Promise<number> {
  const began = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / events;
}
