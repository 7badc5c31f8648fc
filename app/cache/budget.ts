import { totalmem } from 'node:os';
import { CommandFailed } from '#app/cli/failure';
import { variableOf } from '#app/kafka/names';
import { cacheMegabytes } from '#app/kafka/values';

const MEGABYTE = 1024 * 1024;

/** By default caches take this share of the machine's memory, within these bounds, megabytes. */
const SHARE = 1 / 32;
const LEAST = 32;
const MOST = 512;

/** The memory that caches take of a machine with so many bytes unless told otherwise, bytes. */
export function usualCache(memory: number): number {
  return MEGABYTE * Math.min(MOST, Math.max(LEAST, Math.floor((memory * SHARE) / MEGABYTE)));
}

/**
 * Memory for the caches of all stores of this process, bytes: as told in megabytes, else as its environment says, else a
 * share of the memory of the machine or container. Throws one plain line if the variable cannot be used.
 */
export function cacheBudget(told: number | undefined): number {
  const megabytes = told ?? inEnvironment();
  return megabytes === undefined ? usualCache(memoryHere()) : megabytes * MEGABYTE;
}

function inEnvironment(): number | undefined {
  const text = process.env[variableOf('cache')];
  if (text === undefined || text === '') return undefined;
  const parsed = cacheMegabytes.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new CommandFailed(`${variableOf('cache')}: ${parsed.error.issues.map(({ message }) => message).join('; ')}`);
}

/** Bytes. A container may have less than its machine; 0 or a huge number: it has no limit. */
function memoryHere(): number {
  return Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
}
