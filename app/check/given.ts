import type { HarnessRun, ModelHarness } from '#app/check/harness';
import type { Activity } from '#schemas/generated/records';

/** What the tests of this folder are given. */

export interface FakeHarness extends ModelHarness {
  /** What it was asked to run. */
  readonly asked: { readonly activities: readonly Activity[]; readonly until: number }[];
}

/** One point for each activity, A for a lead with traits, mql from three on; each download is a trigger, sent to known leads only. */
export function createFakeHarness(): FakeHarness {
  const asked: FakeHarness['asked'] = [];
  return {
    asked,
    begin: (_, all) => ({
      at(until): HarnessRun {
        const activities = all.filter(({ logged_at }) => logged_at <= until);
        asked.push({ activities, until });
        if (activities.some(({ name }) => name === 'breaks')) throw new Error('out of order');
        return {
          scoreAt: (time) => activities.filter(({ occurred_at }) => occurred_at <= time).length,
          stage: activities.length >= 3 ? 'mql' : 'lead',
          grade: activities.some(({ personal }) => personal.traits !== '{}') ? 'A' : 'F',
          disqualified: activities.some(({ name }) => name === 'is_rival') ? 'works at a competitor' : null,
          triggers: activities
            .filter(({ name }) => name === 'asset_downloaded')
            .flatMap(({ known, occurred_at: at }) => {
              const suppressed_by = known ? null : 'no_address';
              return [
                { program: 'guide', step: 'guide', at, suppressed_by },
                { program: 'alert', step: 'alert', at, suppressed_by: null },
              ];
            }),
        };
      },
    }),
  };
}
