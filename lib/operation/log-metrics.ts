import { Gauge, type Registry } from 'prom-client';

/** What a log of this machine takes on its disk. */
export interface LogSizes {
  sizes(): readonly { readonly topic: string; readonly records: number; readonly bytes: number }[];
  fileBytes(): number;
}

/** Figures of a log that lies on this machine, looked up when they are scraped. */
export function logMetrics(registry: Registry): { watch(log: LogSizes): void } {
  const logs: LogSizes[] = [];
  const registers = [registry];
  const ofTopics = (name: string, help: string, figure: 'records' | 'bytes'): void => {
    new Gauge({
      name,
      help,
      labelNames: ['topic'] as const,
      registers,
      collect() {
        for (const { topic, [figure]: value } of logs.flatMap((log) => log.sizes())) this.set({ topic }, value);
      },
    });
  };
  ofTopics('leadstream_log_records', 'Records that the log on this machine keeps', 'records');
  ofTopics('leadstream_log_bytes', 'What they take in it, compressed', 'bytes');
  new Gauge({
    name: 'leadstream_log_file_bytes',
    help: "The log's file, with the room in it that waits to be used again",
    registers,
    collect() {
      this.set(logs.reduce((sum, log) => sum + log.fileBytes(), 0));
    },
  });
  return { watch: (log) => void logs.push(log) };
}
