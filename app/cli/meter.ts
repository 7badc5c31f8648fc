import type { ImportProgress } from '#app/cli/ports';
import { formatCount } from '#app/cli/render/table';
import type { Terminal } from '#app/cli/terminal';

/** Between two updates, ms: one line that changes for a person, a new line now and then for a log. */
const WATCHED_EVERY = 200;
const LOGGED_EVERY = 5_000;
/** So many refused lines are shown one by one. */
const SHOWN = 20;
const CLEAR_LINE = '\r\x1b[K';

/** Tells on standard error how an import gets on. */
export interface Meter {
  readonly onProgress: (progress: ImportProgress) => void;
  readonly onRefused: (where: string, detail: string) => void;
  readonly notice: (line: string) => void;
  /** ms since the meter was made */
  elapsed(): number;
  end(): void;
}

export function createMeter(terminal: Terminal): Meter {
  const { watched, answer } = terminal;
  const began = performance.now();
  let latest: ImportProgress = { phase: 'importing', lines: 0, events: 0 };
  let importing: number | undefined;
  let refused = 0;

  const elapsed = () => performance.now() - began;
  const write = (text: string) => void answer.err(text);
  const notice = (line: string) => write(`${watched ? CLEAR_LINE : ''}${line}\n`);
  const show = () => {
    const line = renderProgress(latest, elapsed() - (importing ?? 0));
    write(watched ? `${CLEAR_LINE}${line}` : `${line}\n`);
  };
  const timer = setInterval(show, watched ? WATCHED_EVERY : LOGGED_EVERY);

  return {
    onProgress: (progress) => {
      latest = progress;
      if (progress.phase === 'importing') importing ??= elapsed();
    },
    onRefused: (where, detail) => {
      refused++;
      if (refused <= SHOWN) notice(`${where}: ${detail}`);
      if (refused === SHOWN) notice('Further refused lines are only in the dead letters.');
    },
    notice,
    elapsed,
    end: () => {
      clearInterval(timer);
      if (watched) write(CLEAR_LINE);
    },
  };
}

/**
 * E.g. 12,000 lines, 11,850 events done, 3,950 events/s, 3 s; while reading, sorting 12,000 lines, 7 of 124 MB. `elapsed`:
 * since the import of what was read began, ms.
 */
export function renderProgress(progress: ImportProgress, elapsed: number): string {
  if (progress.phase === 'reading') {
    const { lines, bytes, of } = progress;
    const read = of === undefined ? `${megabytes(bytes)} MB` : `${megabytes(bytes)} of ${megabytes(of)} MB`;
    return `sorting ${formatCount(lines)} lines, ${read}`;
  }
  const { lines, events } = progress;
  const seconds = elapsed / 1000;
  const rate = seconds > 0 ? Math.round(events / seconds) : 0;
  const parts = [`${formatCount(lines)} lines`, `${formatCount(events)} events done`, `${formatCount(rate)} events/s`];
  return [...parts, `${formatCount(Math.round(seconds))} s`].join(', ');
}

function megabytes(bytes: number): string {
  return formatCount(Math.round(bytes / 1_000_000));
}
