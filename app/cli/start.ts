import { cannotListen } from '#app/cli/listening';
import type { AnalystAccess, OpenEmbedded, Opened, ServeOptions, Serving } from '#app/cli/ports';
import { createRespond } from '#app/cli/respond';
import type { Terminal } from '#app/cli/terminal';
import type { ExitCode } from '#app/folder/answer';
import type { Claim } from '#app/folder/claim';
import { claimFolder } from '#app/folder/own';
import { serveOwner } from '#app/folder/serve';

export interface StartOptions {
  readonly dir: string;
  readonly modelDir: string;
  /** The file that lists the sources, as the user named it; undefined: where it usually is. */
  readonly sourcesFile: string | undefined;
  /** As in OpenOptions. */
  readonly retentionDays: number | undefined;
  /** Memory for what services keep at hand, megabytes; undefined: as the environment says. */
  readonly cache: number | undefined;
  /** As in OpenOptions. */
  readonly clickhousePort: number;
  readonly serve: ServeOptions;
}

/** Owns the folder and runs everything in it until the command is interrupted. */
export async function start(options: StartOptions, terminal: Terminal, open: OpenEmbedded): Promise<ExitCode> {
  const { dir, modelDir, sourcesFile, retentionDays, cache, clickhousePort, serve } = options;
  const signal = terminal.interrupted;
  const claim = await claimFolder({ dir, purpose: 'start', passing: false, url: addressOf(serve) });
  try {
    const notice = (line: string) => say(terminal, line);
    const wanted = { dir, modelDir, sourcesFile, retentionDays, cache, clickhousePort };
    const opened = await open({ ...wanted, mode: 'serve', signal, notice });
    try {
      if (!signal.aborted) await run(options, terminal, claim, opened);
    } finally {
      await opened.close();
    }
  } catch (thrown) {
    // interrupted while it opened
    if (thrown !== signal.reason) throw thrown;
  } finally {
    await claim.release();
  }
  return 0;
}

async function run({ dir, serve }: StartOptions, terminal: Terminal, claim: Claim, opened: Opened): Promise<void> {
  const serving = await listen(opened, serve);
  const server = serveOwner(claim, createRespond(opened));
  try {
    await claim.announce({ url: serving.url });
    const ready = `Leadstream is running: ${serving.url} (data in ${dir}, Ctrl-C stops it)\n`;
    await terminal.report(ready + (serving.analysts === undefined ? '' : analystsLine(serving.analysts)));
    await Promise.race([aborted(terminal.interrupted), serving.failed]);
    say(terminal, 'Stopping; Ctrl-C again ends it at once.');
  } finally {
    await serving.close();
    await server.stop();
  }
}

function analystsLine({ url, user, passwordFile }: AnalystAccess): string {
  return `ClickHouse for analysts: ${url}, as user ${user} with the password in ${passwordFile}\n`;
}

function listen(opened: Opened, options: ServeOptions): Promise<Serving> {
  return opened.serve(options).catch((thrown) => cannotListen(thrown, options));
}

/** Where a browser on this machine finds it. */
function addressOf({ host, port }: ServeOptions): string | undefined {
  if (port === 0) return undefined;
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function say(terminal: Terminal, line: string): void {
  void terminal.answer.err(`${line}\n`);
}
