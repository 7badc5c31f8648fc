import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { KafkaFailure } from './failure.ts';

const run = promisify(execFile);

/** Kafka 4 brokers run on Java 17 and newer: https://kafka.apache.org/41/operations/java-version/ */
const OLDEST_JAVA = 17;

/** The java command: that of JAVA_HOME if it is set, else the first one on the PATH. */
export function javaCommand(): string {
  return commandOf('java');
}

/** The command beside java that makes keys. */
export function keytoolCommand(): string {
  return commandOf('keytool');
}

function commandOf(name: string): string {
  const home = process.env.JAVA_HOME;
  return home === undefined || home === '' ? name : join(home, 'bin', name);
}

/** Throws KafkaFailure when there is no Java, or one too old for Kafka. */
export async function requireJava(signal?: AbortSignal): Promise<void> {
  let text: string;
  try {
    const { stdout, stderr } = await run(javaCommand(), ['-version'], { ...(signal && { signal }) });
    text = stderr + stdout;
  } catch (error) {
    signal?.throwIfAborted();
    throw new KafkaFailure(
      `Kafka needs Java ${OLDEST_JAVA} or newer, and "${javaCommand()}" does not run: install it (Debian: apt-get install default-jre-headless)`,
      { cause: error },
    );
  }
  const major = majorOf(text);
  if (major !== undefined && major < OLDEST_JAVA)
    throw new KafkaFailure(
      `Kafka needs Java ${OLDEST_JAVA} or newer, "${javaCommand()}" is Java ${major}: install a newer one or set JAVA_HOME`,
    );
}

/** Of the answer to `java -version`; 1.8.0 is Java 8. Undefined if it says no version. */
function majorOf(text: string): number | undefined {
  const [, first, second] = /version "(\d+)(?:\.(\d+))?/.exec(text) ?? [];
  if (first === undefined) return undefined;
  return Number(first === '1' && second !== undefined ? second : first);
}
