import type { ModelFiles } from '#lib/model/model';

/**
 * Generations of the deciding code that this version of Leadstream has. 4 is the first one kept: those before it were never
 * released, and decided on what each fold remembered by itself. Code that would decide otherwise on records that are already
 * in a log gets a number of its own.
 */
export const ENGINES: readonly number[] = [4];

/** The engine that a model's files ask for; 0 if they name none. */
export function engineOf(files: ModelFiles): number {
  return Number(/^engine:[ \t]*(\d+)/m.exec(files['scoring.yaml'] ?? '')?.[1] ?? 0);
}

/** What to do about a model in a log whose files this version does not understand. */
export function remedyFor(files: ModelFiles): string {
  const engine = engineOf(files);
  return engine > 0 && engine < Math.min(...ENGINES)
    ? 'an earlier build wrote this log: begin with an empty one, and import the history again'
    : 'upgrade this instance';
}
