import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { streamsClasspath } from '#infra/kafka/classpath';
import { javaCommand, requireJava } from '#infra/kafka/java';
import { toProperties } from '#infra/kafka/settings';
import type { SchemaRegistry } from '#lib/avro/registry';
import { RECORD_SCHEMAS, selfContained } from '#lib/avro/schema';
import type { Given, Running } from '#test/bench/kafka-streams/sides/side';
import { INPUT, topicsOf, type Workload } from '#test/bench/kafka-streams/workload';
import type { Codec } from '#test/bench/measure/kafka-settings';

const SOURCES = fileURLToPath(new URL('../java/', import.meta.url));
const SCHEMAS = ['Activity', 'Scored', 'Staged', 'Trigger'] as const;

export interface StreamsOptions {
  readonly run: string;
  readonly workload: Workload;
  readonly threads: number;
  readonly compression: Codec;
}

/** A compiled Kafka Streams program. */
export interface Streams {
  start(given: Given, options: StreamsOptions): Promise<Running>;
}

/** Compiles the program and writes the schemas for it, once for all runs. Needs a JDK. */
export async function prepareStreams(dir: string, registry: SchemaRegistry): Promise<Streams> {
  await requireJava();
  const jars = await streamsClasspath();
  const classes = join(dir, 'classes');
  const schemas = join(dir, 'schemas');
  await mkdir(schemas, { recursive: true });
  const sources = (await readdir(SOURCES)).filter((file) => file.endsWith('.java')).map((file) => join(SOURCES, file));
  const compiler = javaCommand().replace(/java$/, 'javac');
  try {
    await promisify(execFile)(compiler, ['-cp', jars, '-d', classes, ...sources]);
  } catch (error) {
    throw new Error(
      `the bench needs a JDK (Debian: apt-get install default-jdk-headless) for "${compiler}": ${error}`,
      {
        cause: error,
      },
    );
  }
  for (const name of SCHEMAS) {
    await writeFile(join(schemas, `${name}.avsc`), JSON.stringify(selfContained(name, RECORD_SCHEMAS)));
  }
  const ids = Object.fromEntries(SCHEMAS.map((name) => [`id.${name}`, String(registry.idOf(name))]));
  return {
    async start(given, { run, workload, threads, compression }) {
      const application = `${run}-streams`;
      const dump = workload === 'state' ? join(given.dir, 'state') : undefined;
      await mkdir(given.dir, { recursive: true });
      const properties = join(given.dir, 'streams.properties');
      await writeFile(
        properties,
        toProperties({
          ...ids,
          ...topicsOf(run),
          schemas,
          workload,
          application,
          compression,
          input: INPUT,
          brokers: given.brokers,
          threads: String(threads),
          state: join(given.dir, 'stores'),
          ...(dump === undefined ? {} : { dump }),
        }),
      );
      return launch([classes, jars].join(delimiter), properties, application, dump);
    },
  };
}

/** A heap that nothing waits for, and the collector that gives the most throughput. */
const JVM = ['-Xms1g', '-Xmx1g', '-XX:+UseParallelGC', '-Dorg.slf4j.simpleLogger.defaultLogLevel=error'];

function launch(classpath: string, properties: string, application: string, dump: string | undefined): Running {
  const child = spawn(javaCommand(), [...JVM, '-cp', classpath, 'Peer', properties], {
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  const exited = once(child, 'exit');
  const failed = exited.then(([code, signal]) => {
    throw new Error(`Kafka Streams ended: ${code ?? signal}`);
  });
  failed.catch(() => {}); // whoever awaits it sees it
  return {
    pids: [child.pid ?? 0],
    groups: [{ group: application, topic: INPUT }],
    failed,
    async stop() {
      child.stdin.end();
      await exited;
      return dump === undefined ? [] : [dump];
    },
  };
}
