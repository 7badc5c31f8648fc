import { writeFileSync } from 'node:fs';
import { mkdir, realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kafkaClasspath } from './classpath.ts';
import { KafkaFailure } from './failure.ts';
import { requireJava } from './java.ts';
import { ownerFile, requireUnowned } from './owner.ts';
import { requireFree } from './port.ts';
import { type JavaProcess, startJava } from './process.ts';
import { brokerSettings, type Ports, toProperties } from './settings.ts';
import { formatStorage } from './storage.ts';

export interface BrokerOptions extends Ports {
  /** Holds the broker's data and settings; one broker at a time. A new one is formatted, a used one goes on with its data. */
  readonly dir: string;
  /** Every line that the broker writes: its warnings and errors, and that it has started. */
  readonly onLog?: (line: string) => void;
  /** Settings over ours, by Kafka's names, such as those of saslConfig. */
  readonly config?: Readonly<Record<string, string>>;
  /** Told before jars are fetched, which takes a minute. */
  readonly onFetch?: () => void;
  /** Gives the start up: the broker is stopped, and startBroker rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** A running broker. It is stopped when this process exits. */
export interface Broker {
  /** host:port, what clients call a bootstrap server. */
  readonly address: string;
  readonly pid: number;
  /** Lets the broker end in order. Resolves when it has; one that hangs for 30 s is killed, which loses no data. */
  stop(): Promise<void>;
  /** Ends the broker with SIGKILL, as a crash would. Resolves when it is gone. */
  kill(): Promise<void>;
  /** The exit code, or the name of the signal that ended it. Resolves however it ends; never rejects. */
  readonly exited: Promise<number | string>;
}

/** At most 512 MB of heap, and one thread to collect it: the services need the other cores. */
const JVM = ['-Xms128m', '-Xmx512m', '-XX:+UseSerialGC'];

const LOGGING = [
  '-Dorg.slf4j.simpleLogger.logFile=System.out',
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
  '-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info',
  '-Dorg.slf4j.simpleLogger.showDateTime=true',
  '-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS',
  '-Dorg.slf4j.simpleLogger.showThreadName=false',
  '-Dorg.slf4j.simpleLogger.showShortLogName=true',
  '-Dorg.slf4j.simpleLogger.levelInBrackets=true',
];

/** What Kafka logs once every listener answers requests (kafka.server.KafkaRaftServer). */
const STARTED = 'Kafka Server started';

/** A start takes 5 s, more after a crash with much data, ms. */
const START_TIMEOUT = 120_000;
/** ms */
const STOP_TIMEOUT = 30_000;

/**
 * Starts one Apache Kafka node, broker and controller in one, that listens on 127.0.0.1 only. Resolves when it answers
 * clients. Throws KafkaFailure when Java, Maven or a port lacks, or with Kafka's last lines when it does not come up.
 */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const { port, controllerPort, config, onLog, onFetch, signal } = options;
  await requireJava(signal);
  const classpath = await kafkaClasspath({ ...(onFetch && { onFetch }), ...(signal && { signal }) });
  await requireFree(port, 'Kafka');
  await requireFree(controllerPort, "Kafka's controller");
  await mkdir(options.dir, { recursive: true });
  const dir = await realpath(options.dir);
  const data = join(dir, 'data');
  const properties = join(dir, 'server.properties');
  await requireUnowned(dir, properties);
  await writeFile(properties, toProperties({ ...brokerSettings(options, data), ...config }), { mode: 0o600 });
  await formatStorage(classpath, properties, data, signal);
  let started = () => {};
  const ready = new Promise<'started'>((resolve) => {
    started = () => resolve('started');
  });
  const java = startJava([...JVM, ...LOGGING, '-cp', classpath, 'kafka.Kafka', properties], dir, (line) => {
    onLog?.(line);
    if (line.includes(STARTED)) started();
  });
  writeFileSync(ownerFile(dir), String(java.pid));
  await untilReady(java, ready, signal);
  return {
    address: `127.0.0.1:${port}`,
    pid: java.pid,
    exited: java.exited,
    stop: () => end(java),
    kill: async () => {
      java.signal('SIGKILL');
      await java.exited;
    },
  };
}

async function untilReady(
  java: JavaProcess,
  ready: Promise<'started'>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const within = AbortSignal.timeout(START_TIMEOUT);
  const waits = signal === undefined ? within : AbortSignal.any([signal, within]);
  const first = await Promise.race([ready, java.exited, aborted(waits)]);
  if (first === 'started') return;
  if (first === 'aborted') await end(java);
  signal?.throwIfAborted();
  const what = first === 'aborted' ? `did not start within ${START_TIMEOUT / 1000} s` : `ended on start (${first})`;
  throw new KafkaFailure(
    `Kafka ${what}; its last lines:${java
      .lastLines()
      .map((line) => `\n  ${line}`)
      .join('')}`,
  );
}

function aborted(signal: AbortSignal): Promise<'aborted'> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve('aborted');
    else signal.addEventListener('abort', () => resolve('aborted'), { once: true });
  });
}

async function end(java: JavaProcess): Promise<void> {
  java.signal('SIGTERM');
  const timer = setTimeout(() => java.signal('SIGKILL'), STOP_TIMEOUT);
  await java.exited;
  clearTimeout(timer);
}
