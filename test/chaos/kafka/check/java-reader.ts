import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { kafkaClasspath } from '#infra/kafka/classpath';
import { javaCommand } from '#infra/kafka/java';

/** A record as Kafka's own consumer gives it. */
export interface ReadRecord {
  readonly partition: number;
  readonly offset: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly value: Buffer;
}

/** A consumer that gets nothing for so long gives up, ms: a busy machine takes its time to start one. */
const PATIENCE = 90_000;
/** After the last record that there should be, ms: what should not be there comes then. */
const LISTEN_ON = 2_000;
/** Without new lines, what a formatter prints is seen when its consumer gives up. */
const PATIENCE_FOR_GROUPS = 15_000;
const BETWEEN_HEADERS = '|~|';
const JVM = [
  '-Xmx192m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
];

/**
 * Reads what is committed in a topic with Kafka's own client, which shares no code with the adapter under test. `ends`: where
 * each partition should end; what stands behind them is given too. Rejects if it does not get there.
 */
export async function readWithJava(
  address: string,
  topic: string,
  ends: readonly number[],
  each: (record: ReadRecord) => void,
): Promise<void> {
  const properties = [
    'print.partition=true',
    'print.offset=true',
    'print.headers=true',
    'print.value=true',
    `headers.separator=${BETWEEN_HEADERS}`,
    'value.deserializer=org.apache.kafka.common.serialization.BytesDeserializer',
  ];
  const missing = new Map(ends.flatMap((end, partition) => (end === 0 ? [] : [[partition, end] as const])));
  await consume(
    address,
    topic,
    PATIENCE,
    properties.flatMap((property) => ['--property', property]),
    (line) => {
      const record = parse(line);
      if (record.offset + 1 >= (missing.get(record.partition) ?? Number.POSITIVE_INFINITY))
        missing.delete(record.partition);
      each(record);
      return missing.size === 0;
    },
  );
  for (const [partition, end] of missing) {
    throw new Error(`Kafka's consumer does not get to the end of ${topic}/${partition}, ${end}`);
  }
}

/** The newest generation of every consumer group, as the broker keeps them: each is a rebalance. */
export async function generationsOfGroups(address: string): Promise<ReadonlyMap<string, number>> {
  const generations = new Map<string, number>();
  const formatter = ['--formatter', 'org.apache.kafka.tools.consumer.GroupMetadataMessageFormatter'];
  await consume(address, '__consumer_offsets', PATIENCE_FOR_GROUPS, formatter, (line) => {
    for (const [, group = '', generation] of line.matchAll(GENERATION)) {
      if (!group.startsWith('console-consumer')) generations.set(group, Number(generation));
    }
    return true;
  });
  return generations;
}

/** In what the formatter prints: objects of JSON, one after another without anything between them. */
const GENERATION = /"group":"([^"]+)"\}\},"value":\{"version":\d+,"data":\{"protocolType":"[^"]*","generation":(\d+)/g;

/** `each`: told every line; whether that may have been the last. */
async function consume(
  address: string,
  topic: string,
  patience: number,
  formatting: readonly string[],
  each: (line: string) => boolean,
): Promise<void> {
  const child = spawn(
    javaCommand(),
    [
      ...[...JVM, '-cp', await kafkaClasspath(), 'org.apache.kafka.tools.consumer.ConsoleConsumer'],
      ...['--bootstrap-server', address, '--topic', topic, '--from-beginning', '--timeout-ms', String(patience)],
      ...['--isolation-level', 'read_committed', '--consumer-property', 'enable.auto.commit=false', ...formatting],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (piece: string) => {
    said += piece;
  });
  const enough = () => child.kill('SIGTERM');
  let quiet: NodeJS.Timeout | undefined;
  const lines = createInterface({ input: child.stdout, crlfDelay: Number.POSITIVE_INFINITY });
  lines.on('line', (line) => {
    clearTimeout(quiet);
    if (each(line)) quiet = setTimeout(enough, LISTEN_ON);
  });
  await Promise.all([once(child, 'close'), once(lines, 'close')]);
  clearTimeout(quiet);
  if (!said.includes('Processed a total of')) throw new Error(`reading ${topic} with Kafka's consumer failed: ${said}`);
}

/** `Partition:0 TAB Offset:17 TAB name:value|~|name:value TAB value`, bytes as org.apache.kafka.common.utils.Bytes prints them. */
function parse(line: string): ReadRecord {
  const [partition = '', offset = '', headers = '', ...value] = line.split('\t');
  return {
    partition: numberAfter('Partition:', partition),
    offset: numberAfter('Offset:', offset),
    headers: new Map(headers === 'NO_HEADERS' ? [] : headers.split(BETWEEN_HEADERS).map(splitHeader)),
    value: bytesOf(value.join('\t')),
  };
}

function numberAfter(name: string, text: string): number {
  const number = Number(text.slice(name.length));
  if (!text.startsWith(name) || Number.isNaN(number)) throw new Error(`not what Kafka's consumer prints: ${text}`);
  return number;
}

function splitHeader(text: string): [string, string] {
  const colon = text.indexOf(':');
  return [text.slice(0, colon), text.slice(colon + 1)];
}

/** Printable ASCII stands for itself, any other byte as \xNN. */
function bytesOf(text: string): Buffer {
  return Buffer.from(
    text.replaceAll(/\\x([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
}
