import { refusalBy } from '#app/check/refusal';
import { checkModel } from '#app/cli/checker';
import { CommandFailed } from '#app/cli/failure';
import type { ApplyOutcome } from '#app/cli/reports';
import type { Logged } from '#app/import/deps';
import { systemClock } from '#lib/clock/system';
import type { Log } from '#lib/flow/log';
import type { Task } from '#lib/flow/task';
import { createCompiler } from '#lib/model/compile';
import { readModel, versionOf } from '#lib/model/files';
import type { CompileModel, Model, ModelFault, ModelFiles } from '#lib/model/model';
import { publishModel } from '#services/collect/model';
import { clockOf } from '#services/identify/state';

/** Where a model goes, and what tells which one is in force. */
export interface ModelDeps {
  readonly log: Log;
  readonly compile: CompileModel;
  /** Identify's task, or a copy that follows it. */
  readonly identify: Pick<Task, 'table'>;
  /** Rejects when the model can't come into force any more. */
  readonly failed: Promise<never>;
  /** Tells what is worth knowing of a model beside the data; absent: nothing is told. */
  readonly notesOn?: (files: ModelFiles, model: Model) => Promise<readonly string[]>;
}

/** Puts a model into the log, unless it is in force. Resolves when it governs. */
export async function applyModel(deps: ModelDeps, files: ModelFiles): Promise<ApplyOutcome> {
  const compiled = deps.compile(files);
  if (!compiled.ok) return { kind: 'faulty', faults: compiled.faults };
  const version = versionOf(files);
  const notes = (await deps.notesOn?.(files, compiled.model)) ?? [];
  if (version === versionInForce(deps)) return { kind: 'unchanged', version, notes };
  await publishModel(deps.log, files, version, systemClock.now());
  while (versionInForce(deps) !== version) await Promise.race([systemClock.sleep(5), deps.failed]);
  return { kind: 'applied', version, notes };
}

/**
 * Applies a model without faults, if it differs from the one in force; `admit` may then reject it.
 */
export async function ensureModel(
  deps: ModelDeps,
  files: ModelFiles,
  signal: AbortSignal,
  admit?: () => Promise<void>,
): Promise<void> {
  while (deps.identify.table() === undefined && !signal.aborted) {
    await Promise.race([systemClock.sleep(5, signal), deps.failed]);
  }
  if (versionOf(files) === versionInForce(deps)) return;
  await admit?.();
  await applyModel(deps, files);
}

/** The model of a folder. Rejects with file, line and remedy if it has faults. */
export async function readFaultless(dir: string): Promise<ModelFiles> {
  const files = await readModel(dir);
  const compiled = createCompiler(1)(files);
  if (!compiled.ok) throw faulty(dir, compiled.faults);
  return files;
}

/** Runs the tests beside a model that has no faults. Rejects if one cannot be read, or fails. */
export async function refuseFailing(dir: string): Promise<void> {
  const refusal = refusalBy(await checkModel(dir), dir);
  if (refusal !== undefined) throw new CommandFailed(refusal);
}

function faulty(dir: string, faults: readonly ModelFault[]): CommandFailed {
  const lines = faults.map(({ file, line, problem, remedy }) => `${dir}/${file}:${line}: ${problem}; ${remedy}`);
  return new CommandFailed(lines.join('\n'));
}

/** Empty before the first model, and while identify is not open. */
export function versionInForce({ identify }: Pick<ModelDeps, 'identify'>): string {
  const table = identify.table();
  return table === undefined ? '' : clockOf(table).model_version;
}

/** Where the log stands; undefined if nothing was ever logged: an import then brings its own time. */
export function loggedSoFar({ identify }: Pick<ModelDeps, 'identify'>): Logged | undefined {
  const table = identify.table();
  if (table === undefined) return undefined;
  const { seq, logged_at, own_time = false } = clockOf(table);
  return seq === 0 ? undefined : { at: logged_at, ownTime: own_time };
}
