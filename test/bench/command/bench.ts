import { loadavg } from 'node:os';
import { Command } from 'commander';
import type { Setting } from '#test/bench/command/settings';
import { line } from '#test/bench/measure/figures';

export interface Bench<Values> {
  readonly name: string;
  /** What it measures, and what it needs beside Node. */
  readonly about: string;
  readonly settings: { readonly [Name in keyof Values & string]: Setting<Values[Name]> };
  /** Measures and prints. Rejects when what it compares differs, or what it measured is not what it asked for. */
  run(values: Values): Promise<void>;
}

/** Runs a bench as the command line asks for: `npm run bench -- NAME [--tiny] [SETTINGS]`. */
export async function runBench<Values>({ name, about, settings, run }: Bench<Values>): Promise<void> {
  const command = new Command(`npm run bench -- ${name}`).description(about).allowExcessArguments(false);
  command.option('--tiny', 'runs in seconds: shows that it works, and its figures mean nothing');
  const entries = Object.entries<Setting<Values[keyof Values & string]>>(settings);
  for (const [flag, { kind, what, usual, parse }] of entries) {
    const shown = usual === undefined || Array.isArray(usual) ? '' : ` (default: ${usual})`;
    command.option(`--${flag} <${kind}>`, what + shown, parse);
  }
  command.parse(process.argv.slice(3), { from: 'user' });
  const said = command.opts<Partial<Values> & { readonly tiny?: true }>();
  const asked = entries.map(([flag, { usual, tiny }]) => [flag, said.tiny === true ? tiny : usual] as const);
  const before = load();
  await run({ ...(Object.fromEntries(asked) as Values), ...said });
  line('load average of the machine before and after', `${before}; ${load()}`);
}

function load(): string {
  return loadavg()
    .map((average) => average.toFixed(1))
    .join(' ');
}
