import { sha256 } from '#lib/hash/sha256';
import { createCompiler } from '#lib/model/compile';
import { versionOf } from '#lib/model/files';
import { FILES } from '#lib/model/given';
import type { ModelFiles } from '#lib/model/model';
import type { EventMessage } from '#schemas/topics';
import { HOUR, T0 } from '#test/given/event';

/** What identify needs at least, with one partition and a tick an hour. */
export const IDENTIFY = {
  hash: sha256,
  compile: createCompiler(),
  partitions: 1,
  tickEvery: HOUR,
  importTickEvery: HOUR,
};

/** A model on its way into the log: a small one unless told. */
export function submitted(files: ModelFiles = FILES, at = T0): EventMessage {
  const value = { model_version: versionOf(files), files, received_at: at, own_time: false, import_id: null };
  return { type: 'ModelSubmitted', value };
}
