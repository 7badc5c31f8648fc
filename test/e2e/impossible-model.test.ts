import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { readModel, versionOf } from '#lib/model/files';
import { type TestFolder, testFolder } from '#test/contracts/folder';
import { ask } from '#test/process/ask';
import { endAll, leadstream } from '#test/process/command';
import { type Server, startServer } from '#test/process/server';

const SHIPPED = fileURLToPath(new URL('../../model', import.meta.url));
const PATIENCE = { timeout: 30_000, interval: 100 };

/** A fault in the shipped model. */
interface Kind {
  readonly file: string;
  readonly written: string;
  readonly instead: string;
  /** What stands in the line that is told. */
  readonly told: string;
  readonly problem: string;
  readonly remedy: string;
}

const COOLED = '{ id: cooled, from: [mql], to: lead, reason: interest has faded, when: { score_below: 60 } }';

const KINDS: { readonly [kind: string]: Kind } = {
  'an unknown event field': {
    file: 'scoring.yaml',
    written: 'event.path ==',
    instead: 'event.pth ==',
    told: 'event.pth ==',
    problem: 'the condition reads `event.pth`, which no event has',
    remedy: 'did you mean `event.path`?',
  },
  'contradictory thresholds': {
    file: 'stages.yaml',
    written: 'when: { score_at_least: 50 }',
    instead: 'when: { score_at_least: 50, score_below: 40 }',
    told: 'score_below: 40',
    problem: '`score_at_least` and `score_below` never hold together',
    remedy: 'take one of them out',
  },
  'a stage that cannot be reached': {
    file: 'stages.yaml',
    written: 'beside: [dormant, recycled, disqualified]',
    instead: 'beside: [dormant, recycled, disqualified, forgotten]',
    told: 'forgotten]',
    problem: 'no move leads to the stage forgotten',
    remedy: 'add a move with `to: forgotten`, or remove the stage',
  },
  'a cycle': {
    file: 'stages.yaml',
    written: '  - id: fell_asleep',
    instead: `  - ${COOLED}\n\n  - id: fell_asleep`,
    told: COOLED,
    problem: 'can hold at one moment: a lead would be moved to and fro',
    remedy: 'write `score_below: 50` or less in cooled',
  },
  'a negative half-life': {
    file: 'scoring.yaml',
    written: 'half_life: 30d',
    instead: 'half_life: -30d',
    told: 'half_life: -30d',
    problem: '`half_life` is negative: -30d',
    remedy: 'write a number with its unit, like 30d, 24h or 90m, or none',
  },
  'two rules with one id': {
    file: 'scoring.yaml',
    written: 'id: trial_started',
    instead: 'id: subscribed # again',
    told: 'id: subscribed # again',
    problem: 'the id subscribed is there twice, first in line',
    remedy: 'give each its own id',
  },
};

const kinds = Object.keys(KINDS);

let folder: TestFolder;
let earlier: string;

beforeAll(async () => {
  folder = testFolder();
  earlier = versionOf(await readModel(SHIPPED));
});

afterAll(async () => {
  await endAll();
  folder.remove();
});

/** The shipped model with one fault, in a folder of its own, and what is said of it. */
function impossible(kind: string, purpose: string) {
  const known = KINDS[kind];
  if (known === undefined) throw new Error(`there is no kind ${kind}`);
  const { file, written, instead, told, problem, remedy } = known;
  const model = join(folder.dir, `${kind} for ${purpose}`.replaceAll(' ', '-'));
  cpSync(SHIPPED, model, { recursive: true });
  edit(join(model, file), written, instead);
  const faulty = readFileSync(join(model, file), 'utf8');
  const line = faulty.slice(0, faulty.indexOf(told)).split('\n').length;
  return { model, place: `${file}:${line}`, problem, remedy };
}

function edit(path: string, written: string, instead: string): void {
  const text = readFileSync(path, 'utf8');
  expect(text).toContain(written);
  writeFileSync(
    path,
    text.replace(written, () => instead),
  );
}

/** An event that comes now counts as the earlier model says. */
async function expectScoredByEarlier(server: Server, messageId: string): Promise<void> {
  const { status } = await server.post('/v1/track', { messageId, userId: 'ann', event: 'Subscribed' });
  expect(status).toBe(200);
  const contribution = await vi.waitFor(async () => {
    const { end, out } = await ask('explain', 'ann', '--json', '--data', join(folder.dir, 'data'));
    expect(end).toBe(0);
    const explained: { readonly contributions: readonly { readonly event_id: string }[] } = JSON.parse(out);
    const found = explained.contributions.find(({ event_id }) => event_id === messageId);
    expect(found).toBeDefined();
    return found;
  }, PATIENCE);
  expect(contribution).toMatchObject({ rule: 'subscribed', raw: 5, model_version: earlier });
}

describe('beside a running engine', () => {
  let data: string;
  let server: Server;

  beforeAll(async () => {
    data = join(folder.dir, 'data');
    server = await startServer(data, '--model', SHIPPED);
    await expectScoredByEarlier(server, 'before');
  });

  test.each(kinds)('apply refuses %s with line and remedy, and the model in force goes on', async (kind) => {
    const { model, place, problem, remedy } = impossible(kind, 'apply');

    const { end, out, err } = await leadstream('apply', '--model', model, '--data', data);

    expect(end).toBe(1);
    expect(err).toBe('leadstream: the model was not applied; mend its faults and run "leadstream check"\n');
    expect(out.trimEnd().split('\n')).toEqual([expect.stringMatching(`^${place} `)]);
    expect(out).toContain(problem);
    expect(out).toContain(`; ${remedy}\n`);
    await expectScoredByEarlier(server, `after ${kind}`);
  });

  test('the log has the one model that was good', async () => {
    const again = await leadstream('apply', '--model', SHIPPED, '--data', data);

    expect(again).toEqual({ end: 0, out: `Model ${earlier} is in force already; nothing was changed.\n`, err: '' });
    expect(await server.kill('SIGINT')).toMatchObject({ end: 0 });
  });

  test.each(kinds)('start refuses %s with file, line and remedy, and ends', async (kind) => {
    const { model, place, problem, remedy } = impossible(kind, 'start');

    const { end, out, err } = await leadstream('start', '--data', data, '--port', '0', '--model', model);

    expect([end, out]).toEqual([1, '']);
    expect(err).toMatch(/^leadstream: [^\n]*\n$/);
    expect(err).toContain(`leadstream: ${model}/${place}: `);
    expect(err).toContain(problem);
    expect(err).toContain(`; ${remedy}\n`);
  });

  test.each([
    ['a test that fails', 'points: 5', 'points: 7', /^leadstream: the model fails \d+ tests of its own; see [^\n]*\n$/],
    [
      'a test that cannot be read',
      'at: 0d, event',
      'at: 0, event',
      /^leadstream: a test beside the model cannot be read: scoring\.test\.yaml:\d+ [^\n]*\n$/,
    ],
  ])('apply, start and import refuse a changed model with %s', async (what, written, instead, said) => {
    const model = join(folder.dir, what.replaceAll(' ', '-'));
    cpSync(SHIPPED, model, { recursive: true });
    edit(join(model, 'scoring.yaml'), '# How behaviour', '# Changed: how behaviour');
    edit(join(model, what === 'a test that fails' ? 'scoring.yaml' : 'scoring.test.yaml'), written, instead);
    const events = join(folder.dir, 'none.ndjson');
    writeFileSync(events, '{"type":"track","userId":"bob","event":"Subscribed"}\n');

    for (const command of [['apply'], ['start', '--port', '0'], ['import', events]]) {
      const { end, out, err } = await leadstream(...command, '--data', data, '--model', model);

      expect([command[0], end, out]).toEqual([command[0], 1, '']);
      expect(err).toMatch(said);
    }
  });

  test('what starts after the refusals goes on under the earlier model', async () => {
    const second = await startServer(data, '--model', SHIPPED);

    await expectScoredByEarlier(second, 'after all');
  });
});
