import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Ended, endAll, startLeadstream } from '#test/process/command';

/** Where a data folder may be made. It is deleted when the test ends, and whatever still runs is ended. */
export function dataFolder(): string {
  const outer = mkdtempSync(join(tmpdir(), 'guide-'));
  onTestFinished(async () => {
    await endAll();
    rmSync(outer, { recursive: true, force: true });
  });
  return join(outer, 'data');
}

/** `leadstream import - --data DIR`, with these lines. */
export function importLines(data: string, lines: string, ...options: readonly string[]): Promise<Ended> {
  const command = startLeadstream('import', '-', '--data', data, ...options);
  command.stdin.end(lines);
  return command.ended;
}
