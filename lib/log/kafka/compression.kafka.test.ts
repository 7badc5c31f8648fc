import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { kafkaClasspath } from '#infra/kafka/classpath';
import { systemClock } from '#lib/clock/system';
import { createClient } from '#lib/log/kafka/client';
import { createFetcher } from '#lib/log/kafka/fetcher';
import { createReader } from '#lib/log/kafka/reader';
import { ownSettings } from '#test/contracts/log/kafka';

const run = promisify(execFile);

describe('what Java publishers compress', () => {
  const settings = ownSettings(inject('kafka').brokers);
  const kafka = createClient(settings);
  const admin = kafka.admin();
  beforeAll(() => admin.connect());
  afterAll(() => admin.disconnect());

  for (const codec of ['gzip', 'snappy', 'lz4', 'zstd']) {
    it(`with ${codec} is read`, async () => {
      const topic = `${settings.prefix}${codec}`;
      await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: false });
      const lines = Array.from({ length: 500 }, (_, n) => `{"n":${n},"text":"${'again '.repeat(50)}"}`);
      await produce(topic, codec, lines);

      const at = { topic, partition: 0 };
      const reader = createReader({
        at,
        from: 0,
        fetcher: createFetcher(kafka, at),
        decode: async (_, records) =>
          records.map(({ offset, bytes, start, end }) => ({
            ...at,
            offset,
            key: null,
            value: bytes.toString('utf8', start, end),
          })),
        clock: systemClock,
      });
      const found: unknown[] = [];
      while (found.length < lines.length) {
        found.push(...(await reader.next(1000, new AbortController().signal)).map(({ value }) => value));
      }
      await reader.close();
      expect(found).toEqual(lines);
    });
  }

  async function produce(topic: string, codec: string, lines: readonly string[]): Promise<void> {
    const [broker = ''] = settings.brokers;
    const args = ['--bootstrap-server', broker, '--topic', topic, '--compression-codec', codec];
    const producing = run('java', ['-cp', await kafkaClasspath(), 'org.apache.kafka.tools.ConsoleProducer', ...args]);
    producing.child.stdin?.end(`${lines.join('\n')}\n`);
    await producing;
  }
});
