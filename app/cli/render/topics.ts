import { renderTable } from '#app/cli/render/table';
import type { Answer, ExitCode } from '#app/folder/answer';
import { differenceLine } from '#lib/log/kafka/topics/difference';
import { isUsable, type TopicsReport } from '#lib/log/kafka/topics/report';
import { formatDuration } from '#lib/model/duration';

/** Prints how the topics are; fails if services cannot run on them. */
export async function renderTopics(report: TopicsReport, json: boolean, answer: Answer): Promise<ExitCode> {
  const ok = isUsable(report);
  await answer.out(json ? `${JSON.stringify({ ok, ...report })}\n` : asText(report));
  if (ok) return 0;
  await answer.err(`leadstream: ${verdict(report)}\n`);
  return 1;
}

/** Faults stand before warnings. */
function asText({ topics, differences }: TopicsReport): string {
  const rows = topics.map(({ topic, partitions, replicas, retention, status }) => {
    return [topic, partitions, replicas, retention === null ? 'unlimited' : formatDuration(retention), status];
  });
  const table = renderTable(['topic', 'partitions', 'replicas', 'retention', 'status'], rows);
  const lines = (['fault', 'warning'] as const).flatMap((severity) =>
    differences
      .filter((difference) => difference.severity === severity)
      .map((difference) => `${severity}: ${differenceLine(difference)}\n`),
  );
  return lines.length === 0 ? table : `${table}\n${lines.join('')}`;
}

function verdict({ topics, differences }: TopicsReport): string {
  const faults = differences.filter(({ severity }) => severity === 'fault').length;
  if (faults > 0) {
    return `services must not run on these topics; mend ${faults === 1 ? 'the fault' : `the ${faults} faults`} above`;
  }
  const missing = topics.filter(({ status }) => status === 'missing').map(({ topic }) => topic);
  return `Kafka has no topic ${missing.join(', ')}; create what is missing with: leadstream topics`;
}
