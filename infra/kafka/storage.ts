import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { KafkaFailure } from './failure.ts';
import { javaCommand } from './java.ts';

const run = promisify(execFile);

/**
 * Gives a new data folder its cluster id, as `kafka-storage.sh format` does; one that has it is left alone. Kafka writes the
 * id last, so a folder whose formatting was cut off is formatted again.
 */
export async function formatStorage(
  classpath: string,
  properties: string,
  data: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (existsSync(join(data, 'meta.properties'))) return;
  const tool = ['-XX:TieredStopAtLevel=1', '-cp', classpath, 'kafka.tools.StorageTool'];
  const format = ['format', '--ignore-formatted', '--cluster-id', newClusterId(), '--config', properties];
  try {
    await run(javaCommand(), [...tool, ...format], { ...(signal && { signal }) });
  } catch (error) {
    signal?.throwIfAborted();
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    throw new KafkaFailure(`Kafka could not format its storage in ${data}: ${said}`, { cause: error });
  }
}

/** 16 random bytes as Kafka writes a Uuid: base64url; the tool takes one that starts with a dash for an option. */
function newClusterId(): string {
  for (;;) {
    const id = randomBytes(16).toString('base64url');
    if (!id.startsWith('-')) return id;
  }
}
