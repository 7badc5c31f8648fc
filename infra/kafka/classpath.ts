import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { KafkaFailure } from './failure.ts';

const run = promisify(execFile);

const CACHE = fileURLToPath(new URL('../../node_modules/.cache/leadstream-kafka/', import.meta.url));

export interface ClasspathOptions {
  /** Called before Maven is asked, which fetches what it lacks: a minute on a new machine. */
  readonly onFetch?: () => void;
  /** Aborts the fetching. */
  readonly signal?: AbortSignal;
}

/** The classpath of a broker and its tools. */
export function kafkaClasspath(options?: ClasspathOptions): Promise<string> {
  return classpathOf(fileURLToPath(new URL('local', import.meta.url)), options);
}

/** The classpath of a Kafka Streams program with Avro records: kafka-streams, RocksDB, avro. */
export function streamsClasspath(options?: ClasspathOptions): Promise<string> {
  return classpathOf(fileURLToPath(new URL('streams', import.meta.url)), options);
}

/**
 * The jars that the pom.xml in a folder asks for, joined as Java wants them. The jars stay in Maven's repository; where they
 * are is kept under node_modules/.cache until the pom changes or one of them is gone, so that later calls need no Maven.
 * Throws KafkaFailure when Maven is missing or cannot fetch them.
 */
export async function classpathOf(folder: string, { onFetch, signal }: ClasspathOptions = {}): Promise<string> {
  const pom = join(folder, 'pom.xml');
  const hash = createHash('sha256')
    .update(await readFile(pom))
    .digest('hex');
  const kept = join(CACHE, hash.slice(0, 16), 'classpath');
  const known = await readFile(kept, 'utf8').catch(() => '');
  if (known !== '' && known.split(delimiter).every((jar) => existsSync(jar))) return known;
  onFetch?.();
  await mkdir(join(kept, '..'), { recursive: true });
  const fresh = `${kept}.${process.pid}`;
  try {
    await resolve(pom, fresh, signal);
    await rename(fresh, kept);
  } finally {
    await rm(fresh, { force: true });
  }
  return await readFile(kept, 'utf8');
}

async function resolve(pom: string, into: string, signal: AbortSignal | undefined): Promise<void> {
  const goal = ['dependency:build-classpath', '-Dmdep.includeScope=runtime', `-Dmdep.outputFile=${into}`];
  try {
    await run('mvn', ['-q', '-B', '-f', pom, ...goal], { ...(signal && { signal }) });
  } catch (error) {
    signal?.throwIfAborted();
    throw new KafkaFailure(reasonOf(error), { cause: error });
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
    return 'Kafka comes through Maven, and "mvn" does not run: install it (Debian: apt-get install maven)';
  const said = error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error);
  const line = /^\[ERROR\] (.+)$/m.exec(said)?.[1] ?? said.trim().split('\n')[0];
  return `Maven could not fetch the jars of Kafka, check the network or Maven's settings: ${line}`;
}
