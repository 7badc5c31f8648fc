import type { CheckModel, OpenEmbedded } from '#app/cli/ports';
import type { Terminal } from '#app/cli/terminal';
import type { ExitCode } from '#app/folder/answer';

/** What the command line is put together from. */
export interface Parts {
  readonly open: OpenEmbedded;
  readonly check: CheckModel;
}

/** What commands work with. */
export interface CommandContext extends Parts {
  readonly terminal: Terminal;
  /** Sets the exit code; 0 unless called. */
  readonly finish: (code: ExitCode) => void;
}
