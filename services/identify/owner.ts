import type { TableReader } from '#lib/flow/store';
import { type Run, userAt } from '#services/identify/claims';
import { deviceAlone, idOf } from '#services/identify/identifier';
import { devicesOf } from '#services/identify/identity';
import { movableBy } from '#services/identify/movable';
import { leadOf, membersOf } from '#services/identify/people';
import { runsOf } from '#services/identify/runs';

/** Whose an event with these identifiers is that occurred then: a lead's id, or a visitor's. */
export function ownerOf(state: TableReader, identifiers: readonly string[], occurredAt: number): string {
  const device = deviceAlone(identifiers);
  if (device !== undefined)
    return deviceOwner(state, device, runsOf(state, device, occurredAt, occurredAt), occurredAt);
  const strongest = identifiers[0] ?? '';
  return leadOf(state, strongest) ?? idOf(strongest);
}

/** Whose a device was at a time, if these are its runs around it. */
export function deviceOwner(state: TableReader, device: string, runs: readonly Run[], at: number): string {
  const user = userAt(runs, at);
  return user === undefined ? idOf(device) : (leadOf(state, user) ?? idOf(user));
}

/** Whether a lead has any activities that would move if it ended; `oldest` as in movableBy, ms. */
export function hasActivities(state: TableReader, lead: string, oldest: number): boolean {
  for (const member of membersOf(state, lead)) {
    for (const _ of movableBy(state, member, oldest)) return true;
    for (const device of devicesOf(state, member)) {
      for (const { told } of movableBy(state, device, oldest)) {
        if (ownerOf(state, [device], told.occurred_at) === lead) return true;
      }
    }
  }
  return false;
}
