import { type Decay, decayByPower, decayByTable } from '#lib/model/decay';
import type { Model, ModelFiles } from '#lib/model/model';

/**
 * Generations of the deciding code that this version of Leadstream has.
 *
 * 2: one lead's wake-ups come in the order in which they were due, through all services, and what they write bears that
 * time, whichever record of the partition brought it; ids of handoffs and triggers name what led to them by its occasion.
 * Under 1, two wake-ups that one record brought came service by service, and those ids named an event by its id alone,
 * which two publishers may both give.
 *
 * 3: a score that only time changes wakes its lead when it crosses a threshold of stages.yaml; behaviours that come along
 * from another owner are heard when the stage is judged next; leads that an event names together are joined, and ids count
 * in one form however they are written; who ends beside the ladder is handed to nobody; points decay by a table, which may
 * differ in the last bits.
 */
export const ENGINES: readonly number[] = [1, 2, 3];

/** Whether wake-ups go by the time at which they were due. */
export function goesByDueTime(model: Model | undefined): boolean {
  return model !== undefined && model.engine >= 2;
}

/** Whether ids are made of occasions. */
export function namesOccasions(model: Model): boolean {
  return model.engine >= 2;
}

/** Whether a score that crosses a threshold by time alone wakes its lead. */
export function wakesAtThresholds(model: Model | undefined): model is Model {
  return model !== undefined && model.engine >= 3;
}

/** Whether a stage hears of the behaviours that came along from another owner. */
export function hearsOfMoved(model: Model | undefined): boolean {
  return model !== undefined && model.engine >= 3;
}

/** Whether a lead that passes through the routing's stage and ends beside the ladder (given back, disqualified) goes to nobody. */
export function passesOverBeside(model: Model): boolean {
  return model.engine >= 3;
}

/** Whether the newest activities are kept of each identifier, and not of each lead. */
export function keepsPerIdentifier(model: Model | undefined): boolean {
  return model !== undefined && model.engine >= 3;
}

/** How points decay. */
export function decayOf(engine: number): Decay {
  return engine >= 3 ? decayByTable : decayByPower;
}

/** The engine that a model's files ask for; 0 if they name none. */
export function engineOf(files: ModelFiles): number {
  return Number(/^engine:[ \t]*(\d+)/m.exec(files['scoring.yaml'] ?? '')?.[1] ?? 0);
}
