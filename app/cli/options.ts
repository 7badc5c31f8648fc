import { InvalidArgumentError, Option } from 'commander';
import { SETTINGS } from '#app/kafka/names';
import { DEFAULT_RETENTION_DAYS } from '#lib/log/retention';

/** The data folder that a command works on. */
export function dataOption(): Option {
  return new Option('--data <dir>', 'the data folder').default('./data');
}

/** The file that lists who may report what. */
export function sourcesOption(): Option {
  return new Option(
    '--sources <file>',
    'the file that lists who may report what (default: sources.yaml here, else in the data folder; without one any write key is taken) [LEADSTREAM_SOURCES]',
  );
}

/** How long events and dead letters are kept in a data folder. */
export function retentionOption(): Option {
  return new Option(
    '--retention-days <n>',
    `how long events as reported and dead letters are kept, for good (default: as told before, else ${DEFAULT_RETENTION_DAYS}); what was decided is kept for ever`,
  )
    .env('LEADSTREAM_RETENTION_DAYS')
    .argParser(wholeNumber(1, 36_500));
}

/** The memory that caches may take. */
export function cacheOption(): Option {
  const { flag, help, variable } = SETTINGS.cache;
  return new Option(flag, `${help} [${variable}]`).argParser(wholeNumber(32, 65_536));
}

/** How many threads share the work of an import. */
export function threadsOption(): Option {
  return new Option(
    '--threads <n>',
    'threads beside the first that share the work; the outcome is the same for any number (default: 1, on a single core 0)',
  )
    .env('LEADSTREAM_THREADS')
    .argParser(wholeNumber(0, 64));
}

export function jsonOption(what: string): Option {
  return new Option('--json', `print ${what}`);
}

/** A reader of whole numbers for options. */
export function wholeNumber(from: number, to: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^-?\d+$/.test(text) && value >= from && value <= to) return value;
    throw new InvalidArgumentError(`Give a whole number from ${from} to ${to}.`);
  };
}

/** A name of a ClickHouse format. */
export function formatName(text: string): string {
  if (/^[A-Za-z][A-Za-z0-9_]*$/.test(text)) return text;
  throw new InvalidArgumentError('Give the name of a ClickHouse format, e.g. CSVWithNames.');
}
