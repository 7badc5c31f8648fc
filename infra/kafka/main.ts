import { join } from 'node:path';
import { CommanderError } from 'commander';
import { startBroker } from './broker.ts';
import { requireJava } from './java.ts';
import { type LocalOptions, readOptions } from './options.ts';
import { startRegistry } from './registry/registry.ts';

const say = (who: string, line: string) => process.stdout.write(`${who.padEnd(8)} | ${line}\n`);

/** Aborted by the first SIGINT, SIGTERM or SIGHUP; npm and the terminal may both deliver the same Ctrl-C. */
function watchSignals(): AbortSignal {
  const interruption = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interruption.abort());
  return interruption.signal;
}

/** Runs both until the signal. Throws KafkaFailure when one of them cannot start. The exit code says how it ended. */
async function run(
  { port, controllerPort, registryPort, dir }: LocalOptions,
  interrupted: AbortSignal,
): Promise<number> {
  await requireJava(interrupted);
  const registry = await startRegistry({ port: registryPort, file: join(dir, 'registry.jsonl') });
  try {
    say('kafka', 'starting');
    const broker = await startBroker({
      dir,
      port,
      controllerPort,
      onLog: (line) => say('kafka', line),
      onFetch: () => say('kafka', 'fetching its jars with Maven, a minute the first time'),
      signal: interrupted,
    });
    process.stdout.write(
      `Kafka is ready on ${broker.address}, schema registry on ${registry.url} (Ctrl-C stops both)\n`,
    );
    const stopped = new Promise<'interrupted'>((resolve) => {
      if (interrupted.aborted) resolve('interrupted');
      interrupted.addEventListener('abort', () => resolve('interrupted'), { once: true });
    });
    const first = await Promise.race([stopped, broker.exited]);
    if (first === 'interrupted') {
      say('kafka', 'stopping');
      await broker.stop();
      return 0;
    }
    process.stderr.write(`kafka: the broker ended by itself (${first}), see its lines above; start it again\n`);
    return 1;
  } finally {
    await registry.close();
  }
}

const interrupted = watchSignals();
try {
  process.exitCode = await run(readOptions(process.argv.slice(2)), interrupted);
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else if (interrupted.aborted) process.exitCode = 0;
  else {
    process.stderr.write(`kafka: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}
