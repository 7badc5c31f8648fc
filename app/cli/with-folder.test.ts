import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openFake } from '#app/cli/fixtures/fake-folder';
import type { FolderRequest } from '#app/cli/request';
import { createRespond } from '#app/cli/respond';
import { withFolder } from '#app/cli/with-folder';
import { claimFolder } from '#app/folder/own';
import { serveOwner } from '#app/folder/serve';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'with-folder-'));
  writeFileSync(join(dir, 'log'), '');
});

afterEach(() => {
  rmSync(dir, { recursive: true });
});

async function ask(request: FolderRequest): Promise<{ code: number; out: string; err: string }> {
  const text = { out: '', err: '' };
  const answer = {
    signal: new AbortController().signal,
    out: async (chunk: string | Uint8Array) => {
      text.out += Buffer.from(chunk).toString('utf8');
    },
    err: async (chunk: string) => {
      text.err += chunk;
    },
  };
  const code = await withFolder(dir, request, answer, openFake);
  return { code, ...text };
}

async function owned(use: () => Promise<void>): Promise<void> {
  const claim = await claimFolder({ dir, purpose: 'start', passing: false });
  const { signal } = new AbortController();
  const opened = await openFake({ dir, mode: 'serve', modelDir: undefined, signal, notice: () => {} });
  const server = serveOwner(claim, createRespond(opened));
  try {
    await use();
  } finally {
    await server.stop();
    await opened.close();
    await claim.release();
  }
}

describe.each([
  ['without an owner', (use: () => Promise<void>) => use()],
  ['by the owner', owned],
])('a folder answers, %s', (_, within) => {
  test('with rows as they come', () =>
    within(async () => {
      const { code, out } = await ask({ command: 'sql', query: 'pid', format: 'CSV' });
      expect(code).toBe(0);
      expect(out).toMatch(/ CSV\n$/);
      const failed = await ask({ command: 'sql', query: 'nonsense', format: 'CSV' });
      expect(failed).toEqual({ code: 1, out: '', err: 'leadstream: syntax error at the start\n' });
    }));

  test('with the explanation of a score, dated in ISO 8601', () =>
    within(async () => {
      const at = Date.UTC(2026, 2, 1);
      const { code, out } = await ask({ command: 'explain', lead: 'ann', at, asPublished: true, json: true });
      expect(code).toBe(0);
      const dated = { event_id: 'e1', rule: 'published', model_version: 'm1', occurred_at: '1970-01-01T00:00:00.000Z' };
      const contributions = [{ ...dated, raw: 10, points: 7.5, decayed: 7.5, capped: 0 }];
      const nothing = { grade: '', fit: null, disqualified: null, stage: null, outlook: null, next_stages: null };
      const explained = { lead_id: 'ann', at: '2026-03-01T00:00:00.000Z', score: 7.5, contributions };
      expect(JSON.parse(out)).toEqual({ ...explained, ...nothing });
      const text = await ask({ command: 'explain', lead: 'ann', at: 'now', asPublished: false, json: false });
      expect(text.out).toBe(
        'Lead ann has 7.50 points at 1970-01-01T00:00:01.000Z.\n' +
          'points  of      rule   occurred at               event  model\n' +
          '+7.50   +10.00  known  1970-01-01T00:00:00.000Z  e1     m1\n',
      );
      const unknown = await ask({ command: 'explain', lead: 'nobody', at: 'now', asPublished: false, json: false });
      const err = 'leadstream: no lead is known as nobody; give a lead id, an email or a userId\n';
      expect(unknown).toEqual({ code: 1, out: '', err });
    }));

  test('with the funnel', () =>
    within(async () => {
      const text = await ask({ command: 'funnel', json: false });
      expect(text.out).toBe('stage    leads now  ever reached\nvisitor      1,234         5,678\n');
      const json = await ask({ command: 'funnel', json: true });
      expect(JSON.parse(json.out)).toEqual([{ stage: 'visitor', leads: 1234, reached: 5678 }]);
    }));

  test('with what a recomputation gives, failing if it differs', () =>
    within(async () => {
      const compared = [{ what: 'scores', count: 2000 }];
      const good = await ask({ command: 'verify', json: true });
      expect({ ...good, out: JSON.parse(good.out) }).toEqual({
        code: 0,
        out: { ok: true, compared, differences: [] },
        err: '',
      });
      writeFileSync(join(dir, 'corrupt'), '');
      expect(await ask({ command: 'verify', json: false })).toEqual({
        code: 1,
        out: 'Recomputed from the log:\nscores  2,000\nscore lead 7: stored 12, recomputed 11\n',
        err: 'leadstream: 1 stored value differs from what the log gives\n',
      });
    }));

  test('with dead letters, bytes that are no text as base64', () =>
    within(async () => {
      const listed = await ask({ command: 'dead-letters list', limit: 1, json: true });
      expect(JSON.parse(listed.out)).toMatchObject({ dead_letter_id: 'd1', original_base64: '/0E=' });
      const retried = await ask({ command: 'dead-letters retry', which: 'all', json: false });
      expect(retried).toEqual({ code: 0, out: '1 sent again, 0 refused again.\n', err: '' });
      const unknown = await ask({ command: 'dead-letters retry', which: ['d1', 'd9'], json: false });
      expect(unknown).toMatchObject({ code: 1, err: expect.stringContaining('no dead letter has the id d9') });
    }));
});

test('a folder is free again after its answer, also after one that failed', async () => {
  await ask({ command: 'funnel', json: true });
  expect(readdirSync(join(dir, 'owner'))).toEqual([]);
  writeFileSync(join(dir, 'broken'), '');
  await expect(ask({ command: 'funnel', json: true })).rejects.toThrow('the store is');
  expect(readdirSync(join(dir, 'owner'))).toEqual([]);
});

test('commands on a folder without owner, at the same time, all answer', async () => {
  const asked = Array.from({ length: 10 }, () => ask({ command: 'sql', query: 'pid', format: 'CSV' }));
  for (const { code } of await Promise.all(asked)) expect(code).toBe(0);
  expect(readdirSync(join(dir, 'owner'))).toEqual([]);
});
