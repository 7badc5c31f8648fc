import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The process that serves the tables of a data folder, or did so last; undefined: there was none yet. */
export function clickHouseOf(dir: string): number | undefined {
  try {
    return JSON.parse(readFileSync(join(dir, 'clickhouse', 'server', 'process.json'), 'utf8')).server.pid;
  } catch {
    return undefined;
  }
}
