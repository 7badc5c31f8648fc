import { InvalidArgumentError, Option } from 'commander';

/** The data folder that a command works on. */
export function dataOption(): Option {
  return new Option('--data <dir>', 'the data folder').default('./data');
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
