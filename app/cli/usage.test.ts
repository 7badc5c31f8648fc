import { expect, test, vi } from 'vitest';
import { runCommand } from '#app/cli/run';
import type { Terminal } from '#app/cli/terminal';

/** Runs a command that must end before it touches a folder. Help is what commander writes by itself. */
async function run(...args: string[]): Promise<{ code: number; help: string; err: string }> {
  let help = '';
  let err = '';
  const take = (text: unknown) => {
    help += String(text);
    return true;
  };
  const out = vi.spyOn(process.stdout, 'write').mockImplementation(take);
  const error = vi.spyOn(process.stderr, 'write').mockImplementation(take);
  const { signal } = new AbortController();
  const terminal: Terminal = {
    answer: {
      signal,
      out: async () => {},
      err: async (text) => {
        err += text;
      },
    },
    interrupted: signal,
    watched: false,
    report: async () => {},
    flush: async () => {},
  };
  try {
    const never = () => Promise.reject(new Error('the command went to work'));
    const code = await runCommand(args, terminal, { open: never, check: never });
    return { code, help, err };
  } finally {
    out.mockRestore();
    error.mockRestore();
  }
}

test.each([
  [['sqll'], `unknown command 'sqll' (Did you mean sql?); see "leadstream --help"`],
  [['sql'], `missing required argument 'query'; see "leadstream sql --help"`],
  [['funnel', '--jsonn'], `unknown option '--jsonn' (Did you mean --json?); see "leadstream funnel --help"`],
  [
    ['sql', 'x', '--json', '--format', 'CSV'],
    `option '--json' cannot be used with option '--format <name>'; see "leadstream sql --help"`,
  ],
  [
    ['explain', 'a', '--at', 'tomorrow'],
    `option '--at <time>' argument 'tomorrow' is invalid. Give a time as ISO 8601, e.g. 2026-03-01 or 2026-03-01T09:30:00Z, or now; see "leadstream explain --help"`,
  ],
  [
    ['start', '--port', '70000'],
    `option '--port <n>' argument '70000' is invalid. Give a whole number from 0 to 65535; see "leadstream start --help"`,
  ],
  [
    ['dead-letters', 'retry'],
    'name the dead letters to send again, or --all of them; see "leadstream dead-letters retry --help"',
  ],
  [
    ['run', 'scores'],
    'there is no service scores: collect, identify, score, stage, trigger, handoff, analyze, dashboard, score+stage+trigger; see "leadstream run --help"',
  ],
  [
    ['run', 'score', '--brokers', 'kafka'],
    "--brokers: 'kafka' is no list of brokers; write host:port, separated by commas, e.g. kafka-1:9092,kafka-2:9092",
  ],
  [
    ['run', 'score', '--operation-port', 'x'],
    "--operation-port: 'x' is no whole number from 0 to 65535; write e.g. 8080",
  ],
  [
    ['run', 'collect', 'dashboard'],
    'the dashboard shows what analyze writes: run both in one process, or name their server with --clickhouse; see "leadstream run --help"',
  ],
  [['topics', '--partitions', 'many'], `--partitions: 'many' is no whole number from 1 to 1000; write e.g. 4`],
  [
    ['import', '-', 'more.ndjson', '--as-it-comes'],
    '--as-it-comes takes one input: without it files are sorted together; see "leadstream import --help"',
  ],
  [
    ['import', '-', '--spool', './lines'],
    '--spool goes with --kafka: else the data folder keeps the sorted lines; see "leadstream import --help"',
  ],
  [
    ['import', '-', '--source', ' '],
    `option '--source <name>' argument ' ' is invalid. " " is no name of a source; see "leadstream import --help"`,
  ],
])('wrong usage %j is one line with a hint and exit code 2', async (args, line) => {
  expect(await run(...args)).toEqual({ code: 2, help: '', err: `leadstream: ${line}\n` });
});

test('no command prints the help and gives 2, --help gives 0', async () => {
  const help = await run('--help');
  expect(help).toMatchObject({ code: 0, err: '', help: expect.stringContaining('Usage: leadstream') });
  expect(await run()).toEqual({ ...help, code: 2 });
  expect(await run('dead-letters')).toMatchObject({ code: 2, err: '' });
});

test.each([
  'start',
  'import',
  'generate',
  'sql',
  'explain',
  'funnel',
  'verify',
  'check',
  'apply',
  'dead-letters list',
  'dead-letters retry',
  'topics',
])('%s --help describes it with examples', async (command) => {
  const { code, help } = await run(...command.split(' '), '--help');
  expect(code).toBe(0);
  expect(help).toContain(`Usage: leadstream ${command}`);
  expect(help).toMatch(new RegExp(`Examples:\n  .*leadstream ${command}`));
});
