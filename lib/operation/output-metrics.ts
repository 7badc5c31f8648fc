import { Counter, type Registry } from 'prom-client';
import type { Log, Outgoing } from '#lib/flow/log';
import { countByTopic } from '#lib/flow/task';

/** Who writes: a service, and which of its tasks; collect has none. */
export interface Writer {
  readonly service: string;
  readonly partition?: number;
}

/** What was written to topics, by tasks and by publishing. */
export interface OutputMetrics {
  /** Shows a writer before it has written. */
  begin(writer: Writer): void;
  wrote(writer: Writer, byTopic: ReadonlyMap<string, number>): void;
  /** A log whose publishing counts as this service's. */
  publishing(service: string, log: Log): Log;
}

/** `deadLetters`: the topic whose records are counted as such, too. */
export function outputMetrics(registry: Registry, deadLetters: string): OutputMetrics {
  const outputs = new Counter({
    name: 'leadstream_outputs_total',
    help: 'Records written',
    labelNames: ['service', 'partition', 'topic'] as const,
    registers: [registry],
  });
  const dead = new Counter({
    name: 'leadstream_dead_letters_total',
    help: 'Dead letters written',
    labelNames: ['service', 'partition'] as const,
    registers: [registry],
  });

  function wrote(writer: Writer, byTopic: ReadonlyMap<string, number>): void {
    for (const [topic, records] of byTopic) {
      outputs.inc({ ...writer, topic }, records);
      if (topic === deadLetters) dead.inc({ ...writer }, records);
    }
  }

  const begin = (writer: Writer): void => dead.inc({ ...writer }, 0);

  return {
    begin,
    wrote,
    publishing(service, log) {
      begin({ service });
      return {
        ...log,
        async publish(records: readonly Outgoing[], positions) {
          await log.publish(records, positions);
          wrote({ service }, countByTopic(records));
        },
      };
    },
  };
}
