import { join } from 'node:path';
import { CommandFailed } from '#app/cli/failure';
import { cannotListen } from '#app/cli/listening';
import { createRespond } from '#app/cli/respond';
import type { Terminal } from '#app/cli/terminal';
import { createExplainer } from '#app/embedded/explainer';
import { ensureModel, readFaultless, refuseFailing } from '#app/embedded/model';
import type { ExitCode } from '#app/folder/answer';
import type { Claim } from '#app/folder/claim';
import { FolderError } from '#app/folder/errors';
import { hasOwnLog, markOnKafka, refuseOwnLog } from '#app/folder/log-place';
import { claimFolder } from '#app/folder/own';
import { serveOwner } from '#app/folder/serve';
import { answering } from '#app/kafka/answering';
import { listen } from '#app/kafka/http';
import { type Instance, openInstance } from '#app/kafka/instance';
import type { Runnable } from '#app/kafka/parts';
import type { KafkaRuntimeSettings } from '#app/kafka/settings';
import { ANY_KEY_TAKEN, openSources } from '#app/sources/open-sources';
import type { Log } from '#lib/flow/log';
import type { ModelFiles } from '#lib/model/model';
import type { Operation } from '#lib/operation/health';
import { createLogger } from '#lib/operation/logger';
import { createMetrics } from '#lib/operation/metrics';
import { createReadiness } from '#lib/operation/readiness';
import { createOperationServer } from '#lib/operation/server';
import { TOPICS } from '#schemas/topics';

export interface RunOptions {
  readonly parts: readonly Runnable[];
  readonly modelDir: string;
}

/** More instances of the same services on one machine than anybody needs. */
const MOST_INSTANCES = 100;

/** Runs services on Kafka until the command is interrupted, then hands their tasks over. */
export async function runServices(
  { parts, modelDir }: RunOptions,
  settings: KafkaRuntimeSettings,
  terminal: Terminal,
): Promise<ExitCode> {
  const model = await soundModel(parts, modelDir);
  const place = { named: settings.sources, data: settings.data };
  const sources = parts.includes('collect') ? openSources(place) : undefined;
  const { dir, claim } = await claimInstance(settings.data, parts);
  const open: (() => Promise<unknown>)[] = [() => claim.release()];
  try {
    const logger = createLogger({ level: settings.logLevel, pretty: terminal.watched });
    const operation = { metrics: createMetrics({ deadLetters: TOPICS.deadLetters }), readiness: createReadiness() };
    const operating = await serveOperation(parts, settings, operation);
    if (operating !== undefined) open.push(() => operating.close());
    const instance = await untilInterrupted(openInstance({ dir, parts, settings, logger, ...operation }), terminal);
    if (instance === undefined) return 0;
    open.push(() => instance.close());
    for (const one of await foldersOf(settings.data, dir)) await markOnKafka(one);

    const explainer = instance.asked === undefined ? undefined : createExplainer(instance.asked);
    const http =
      parts.includes('collect') || explainer !== undefined
        ? await listen(
            instance,
            {
              sources,
              explainer,
              host: settings.host,
              port: settings.port,
              log: withModel(instance, model, terminal.interrupted),
              onError: (error) => logger.error({ err: error }, 'a request failed'),
            },
            operation,
          ).catch((thrown) => cannotListen(thrown, settings))
        : undefined;
    if (http !== undefined) open.push(() => http.close());
    // Only now that nothing can be amiss any more: whoever joins takes partitions from others.
    await Promise.race([instance.start(), aborted(terminal.interrupted)]);
    if (terminal.interrupted.aborted) return 0;
    const server = serveOwner(
      claim,
      createRespond(answering(instance, explainer, () => sources ?? openSources(place))),
    );
    open.push(() => server.stop());
    const url = http?.url ?? operating?.url ?? '';
    await claim.announce({ url });
    if (sources?.listed === false) logger.warn(ANY_KEY_TAKEN);
    await terminal.report(`Leadstream runs ${parts.join(', ')}: ${url} (data in ${dir}, Ctrl-C stops it)\n`);
    await Promise.race([aborted(terminal.interrupted), instance.failed]);
    logger.info('stopping: tasks are handed over');
    return 0;
  } finally {
    for (const close of open.reverse()) await close();
  }
}

/** A folder of its own for each instance; the one that shows the dashboard has the data folder itself, where commands ask. */
async function claimInstance(
  data: string,
  parts: readonly Runnable[],
): Promise<{ readonly dir: string; readonly claim: Claim }> {
  const purpose = `run ${parts.join(' ')}`;
  if (parts.includes('dashboard')) {
    await refuseOwnLog(data);
    return { dir: data, claim: await claimFolder({ dir: data, purpose, passing: false }) };
  }
  for (let nth = 1; nth <= MOST_INSTANCES; nth++) {
    const dir = join(data, `${parts.join('-')}-${nth}`);
    try {
      return { dir, claim: await claimFolder({ dir, purpose, passing: false }) };
    } catch (thrown) {
      if (!(thrown instanceof FolderError && thrown.code === 'owned')) throw thrown;
    }
  }
  throw new CommandFailed(`${MOST_INSTANCES} instances run in ${data} already; use another --data folder`);
}

/** The folders that are of services on Kafka: an instance's own, and the data folder that it is in, if that has no log of its own. */
async function foldersOf(data: string, dir: string): Promise<readonly string[]> {
  return dir === data || (await hasOwnLog(data)) ? [dir] : [dir, data];
}

/** The model that the dashboard's instance brings; a faulty one, or one that fails its tests, stops start-up. */
async function soundModel(parts: readonly Runnable[], modelDir: string): Promise<ModelFiles | undefined> {
  if (!parts.includes('dashboard')) return undefined;
  const files = await readFaultless(modelDir);
  await refuseFailing(modelDir);
  return files;
}

/**
 * The first live event of this process brings the model, if it is not in force: until then time stands still, so that an
 * import can bring its own.
 */
function withModel(instance: Instance, model: ModelFiles | undefined, signal: AbortSignal): Log {
  const { log, asked, compile, failed } = instance;
  if (asked === undefined || model === undefined) return log;
  let ensured: Promise<void> | undefined;
  return {
    ...log,
    async publish(records, positions) {
      ensured ??= ensureModel({ log, compile, failed, identify: asked.identify }, model, signal);
      try {
        await ensured;
      } catch (error) {
        ensured = undefined;
        throw error;
      }
      await log.publish(records, positions);
    },
  };
}

/** Health and metrics of a process without HTTP of its own, or on the port that was asked for. */
async function serveOperation(parts: readonly Runnable[], settings: KafkaRuntimeSettings, operation: Operation) {
  const { host, operationPort: port } = settings;
  if (port === 0 && (parts.includes('collect') || parts.includes('dashboard'))) return undefined;
  return createOperationServer({ host, port, ...operation }).catch((thrown) =>
    cannotListen(thrown, { host, port, portFlag: '--operation-port' }),
  );
}

/** What `work` gives; if the command is interrupted meanwhile, it is closed again when it is there. */
async function untilInterrupted(work: Promise<Instance>, terminal: Terminal): Promise<Instance | undefined> {
  const instance = await Promise.race([work, aborted(terminal.interrupted)]);
  if (instance !== undefined) return instance;
  void work.then((late) => late.close()).catch(() => {});
  return undefined;
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}
