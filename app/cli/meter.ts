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
  readonly onRefused: (line: number, detail: string) => void;
  readonly notice: (line: string) => void;
  /** ms since the meter was made */
  elapsed(): number;
  end(): void;
}

export function createMeter(terminal: Terminal): Meter {
  const { watched, answer } = terminal;
  const began = performance.now();
  let latest: ImportProgress = { lines: 0, events: 0 };
  let refused = 0;

  const elapsed = () => performance.now() - began;
  const write = (text: string) => void answer.err(text);
  const notice = (line: string) => write(`${watched ? CLEAR_LINE : ''}${line}\n`);
  const show = () => {
    const line = renderProgress(latest, elapsed());
    write(watched ? `${CLEAR_LINE}${line}` : `${line}\n`);
  };
  const timer = setInterval(show, watched ? WATCHED_EVERY : LOGGED_EVERY);

  return {
    onProgress: (progress) => {
      latest = progress;
    },
    onRefused: (line, detail) => {
      refused++;
      if (refused <= SHOWN) notice(`line ${line}: ${detail}`);
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

/** E.g. 12,000 lines, 11,850 events done, 3,950 events/s, 3 s. `elapsed` in ms. */
export function renderProgress({ lines, events }: ImportProgress, elapsed: number): string {
  const seconds = elapsed / 1000;
  const rate = seconds > 0 ? Math.round(events / seconds) : 0;
  const parts = [`${formatCount(lines)} lines`, `${formatCount(events)} events done`, `${formatCount(rate)} events/s`];
  return [...parts, `${formatCount(Math.round(seconds))} s`].join(', ');
}
