import { CommandFailed } from '#app/cli/failure';
import type { ApplyOutcome } from '#app/cli/reports';
import type { Engine } from '#app/embedded/engine';
import { systemClock } from '#lib/clock/system';
import { readModel, versionOf } from '#lib/model/files';
import type { ModelFault, ModelFiles } from '#lib/model/model';
import { publishModel } from '#services/collect/model';
import { clockOf } from '#services/identify/state';

/** Puts a model into the log, unless it is in force. Resolves when it governs. */
export async function applyModel(engine: Engine, files: ModelFiles): Promise<ApplyOutcome> {
  const compiled = engine.compile(files);
  if (!compiled.ok) return { kind: 'faulty', faults: compiled.faults };
  const version = versionOf(files);
  if (version === versionInForce(engine)) return { kind: 'unchanged', version };
  await publishModel(engine.log, files, version, systemClock.now(), false);
  while (versionInForce(engine) !== version) await Promise.race([systemClock.sleep(5), engine.supervisor.failed]);
  return { kind: 'applied', version };
}

/** Applies the model of a folder, if it differs from the one in force. A faulty one stops start-up. */
export async function ensureModel(engine: Engine, dir: string, signal: AbortSignal): Promise<void> {
  while (engine.identify.table() === undefined && !signal.aborted) {
    await Promise.race([systemClock.sleep(5, signal), engine.supervisor.failed]);
  }
  const outcome = await applyModel(engine, await readModel(dir));
  if (outcome.kind === 'faulty') throw faulty(dir, outcome.faults);
}

export function faulty(dir: string, faults: readonly ModelFault[]): CommandFailed {
  const lines = faults.map(({ file, line, problem, remedy }) => `${dir}/${file}:${line}: ${problem}; ${remedy}`);
  return new CommandFailed(lines.join('\n'));
}

/** Empty before the first model, and while identify is not open. */
export function versionInForce({ identify }: Engine): string {
  const table = identify.table();
  return table === undefined ? '' : clockOf(table).model_version;
}

/** True if nothing was ever logged: an import then brings its own time. */
export function isUntouched({ identify }: Engine): boolean {
  const table = identify.table();
  return table !== undefined && clockOf(table).seq === 0;
}
