import { expect } from 'vitest';
import { askWell } from '#test/kafka/given';
import { ask } from '#test/process/ask';

/** What tells when something happened, or as which record of its log: ids of triggers and handoffs are made of that too. */
const TIMES = /^(at|score_at|stage_since|first_seen|last_seen|occurred_at|trigger_id|handoff_id|rate)$/;

/** An answer without its times, rows in an order of their own, points to the cent. */
function timeless(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(timeless).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (typeof value === 'number') return Math.round(value * 100) / 100;
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => !TIMES.test(name));
  return Object.fromEntries(kept.map(([name, inner]) => [name, timeless(inner)]));
}

/** What the page at `url` shows of people, and what commands on the folder tell of dead letters. */
export async function shown(url: string, dir: string, userIds: readonly string[]): Promise<unknown> {
  const paths = ['funnel', 'stats', 'triggers?limit=500', 'handoffs?limit=500', 'leads?limit=500'];
  const people = userIds.flatMap((userId) => [`leads/${userId}/timeline`, `leads/${userId}/explain`]);
  const answers = [...paths, ...people].map(async (path) => {
    const answer = await fetch(`${url}/api/${path}`);
    expect([path, answer.status]).toEqual([path, 200]);
    return [path, timeless(await answer.json())];
  });
  const letters = await askWell('dead-letters', 'list', '--data', dir, '--json');
  const refused = timeless(
    letters
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  );
  const again = await ask('dead-letters', 'retry', '--all', '--data', dir);
  return { ...Object.fromEntries(await Promise.all(answers)), refused, again };
}
