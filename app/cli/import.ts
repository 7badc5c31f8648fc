import { CommandFailed, Interrupted } from '#app/cli/failure';
import { openInputs } from '#app/cli/input';
import { createMeter } from '#app/cli/meter';
import type { OpenEmbedded } from '#app/cli/ports';
import { renderImport } from '#app/cli/render/import';
import { createRespond } from '#app/cli/respond';
import type { Terminal } from '#app/cli/terminal';
import type { ExitCode } from '#app/folder/answer';
import { claimFolder } from '#app/folder/own';
import { serveOwner } from '#app/folder/serve';
import { mayOf } from '#app/sources/open-sources';

export interface ImportOptions {
  /** Paths; - is standard input. */
  readonly files: readonly string[];
  /** As in ImportSource. */
  readonly source: string | undefined;
  readonly sorted: boolean;
  readonly historic: boolean;
  readonly dir: string;
  readonly modelDir: string;
  /** Memory for what services keep at hand, megabytes; undefined: as the environment says. */
  readonly cache: number | undefined;
  /** Beside the first, that share the work; undefined: as the machine has cores. */
  readonly threads: number | undefined;
  readonly json: boolean;
}

/** How long an interrupted import has to stop between two lines, ms. */
const GRACE = 1_000;

/** Owns the folder while the pipeline works off files. Others that ask meanwhile are answered. */
export async function importFiles(options: ImportOptions, terminal: Terminal, open: OpenEmbedded): Promise<ExitCode> {
  const { files, source, sorted, historic, dir, modelDir, cache, threads, json } = options;
  const may = mayOf(source, dir);
  const inputs = await openInputs(files);
  const claim = await claimFolder({ dir, purpose: 'import', passing: false });
  const signal = terminal.interrupted;
  // what waits for an input that does not end is woken by its breaking off
  const breakOff = () => setTimeout(() => inputs.breakOff(new Interrupted()), GRACE).unref();
  signal.addEventListener('abort', breakOff, { once: true });
  try {
    const meter = createMeter(terminal);
    const opened = await open({ dir, mode: 'import', modelDir, cache, threads, signal, notice: meter.notice });
    try {
      const server = serveOwner(claim, createRespond(opened));
      try {
        const { onProgress, onRefused } = meter;
        const told = { source, may, sorted, historic, signal, onProgress, onRefused };
        const summary = await opened.importLines({ inputs: inputs.inputs, ...told });
        meter.end();
        await terminal.report(renderImport(summary, meter.elapsed(), dir, json));
        if (summary.finished) return 0;
      } finally {
        meter.end();
        await server.stop();
      }
    } finally {
      await opened.close();
    }
  } catch (thrown) {
    if (!(thrown instanceof Interrupted)) throw thrown;
  } finally {
    signal.removeEventListener('abort', breakOff);
    inputs.close();
    await claim.release();
  }
  throw new CommandFailed('the import was interrupted; run it again on the same input and it goes on where it was');
}
