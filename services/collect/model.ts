import type { Log } from '#lib/flow/log';
import type { ModelFiles } from '#lib/model/model';
import { toEvents } from '#services/collect/messages';

/**
 * Puts a model into the log; from where identify answers it, it governs. Resolves when it is durable.
 * `receivedAt` in ms since 1970 UTC.
 */
export async function publishModel(
  log: Pick<Log, 'publish'>,
  files: ModelFiles,
  version: string,
  receivedAt: number,
): Promise<void> {
  const value = { model_version: version, files, received_at: receivedAt, own_time: false, import_id: null };
  await log.publish([toEvents({ type: 'ModelSubmitted', value })]);
}
