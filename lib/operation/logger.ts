import { type DestinationStream, type LevelWithSilent, type Logger, pino, stdTimeFunctions } from 'pino';
import { plainLines } from '#lib/operation/plain-lines';

export interface LoggerOptions {
  readonly level: LevelWithSilent;
  /** Lines for a person's eye in place of JSON. */
  readonly pretty?: boolean;
  /** Standard output if absent. */
  readonly destination?: DestinationStream;
}

/** One JSON object per line: `level` by name, `time` in ISO 8601 (UTC), `msg`. Written at once: the last line before a crash is there. */
export function createLogger({ level, pretty = false, destination = pino.destination(1) }: LoggerOptions): Logger {
  return pino(
    { level, base: null, timestamp: stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } },
    pretty ? plainLines(destination) : destination,
  );
}
