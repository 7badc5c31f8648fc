import { CommandFailed } from '#app/cli/failure';
import { formatCount } from '#app/cli/render/table';
import type { Terminal } from '#app/cli/terminal';
import type { ExitCode } from '#app/folder/answer';
import { connectLog } from '#app/kafka/connection';
import { TICK_EVERY } from '#app/kafka/hosted';
import type { KafkaRuntimeSettings } from '#app/kafka/settings';
import { recover, recoverable } from '#app/recover/recover';
import { sha256 } from '#lib/hash/sha256';
import { createCompiler } from '#lib/model/compile';
import { TOPICS } from '#schemas/topics';
import { createPipeline } from '#services/pipeline';

/** Between two lines of progress, ms. */
const TELL_EVERY = 5_000;

/** Finds and commits the lost positions of one service, and says which. */
export async function recoverService(
  name: string,
  settings: KafkaRuntimeSettings,
  json: boolean,
  { answer }: Terminal,
): Promise<ExitCode> {
  const log = await connectLog(settings, () => {});
  try {
    const partitions = log.partitions(TOPICS.activity);
    const pipeline = createPipeline({ hash: sha256, compile: createCompiler(), partitions, tickEvery: TICK_EVERY });
    const service = recoverable(name, pipeline);
    if (service === undefined) {
      throw new CommandFailed(
        `${name} has no positions to recover; name identify, score, stage, trigger, handoff, or a chain of the folds. analyze starts over by itself`,
      );
    }
    let records = 0;
    let told = performance.now();
    const onRecord = () => {
      records++;
      if (performance.now() - told < TELL_EVERY) return;
      told = performance.now();
      void answer.err(`${formatCount(records)} records read\n`).catch(() => {});
    };
    const recovered = await recover({ log, service, signal: answer.signal, onRecord });
    answer.signal.throwIfAborted();
    await answer.out(json ? asJson(name, recovered) : asText(name, recovered));
    return 0;
  } finally {
    await log.close();
  }
}

type Recovered = Awaited<ReturnType<typeof recover>>;

function asJson(service: string, recovered: Recovered): string {
  const flat = recovered.map(({ topic, partition, position }) => ({ topic, partition, ...position }));
  return `${JSON.stringify({ service, recovered: flat })}\n`;
}

function asText(service: string, recovered: Recovered): string {
  if (recovered.length === 0) return `Nothing to recover: all positions of ${service} are there.\n`;
  const lines = recovered.map(
    ({ topic, partition, position: { offset, cursor } }) =>
      `${topic}/${partition}: goes on at offset ${formatCount(offset)}${cursor > 0 ? `, step ${cursor}` : ''}\n`,
  );
  return `Recovered the positions of ${service}; it can be started again.\n${lines.join('')}`;
}
