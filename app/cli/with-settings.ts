import type { Terminal } from '#app/cli/terminal';
import type { ExitCode } from '#app/folder/answer';
import type { FlagValues } from '#app/kafka/names';
import type { KafkaRuntimeSettings } from '#app/kafka/settings';

/**
 * Does a command's work with the settings that its flags and the environment give. Faults are wrong usage: one line each
 * on standard error, and nothing is done.
 */
export async function withSettings(
  flags: FlagValues,
  { answer }: Terminal,
  work: (settings: KafkaRuntimeSettings) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { readSettings } = await import('#app/kafka/settings');
  const outcome = await readSettings(flags, process.env);
  if (outcome.kind === 'settings') return work(outcome.settings);
  for (const fault of outcome.faults) await answer.err(`leadstream: ${fault}\n`);
  return 2;
}
