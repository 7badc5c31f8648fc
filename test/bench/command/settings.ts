import { InvalidArgumentError } from 'commander';
import { CODECS, type Codec } from '#test/bench/measure/kafka-settings';

/** What can be said of a bench: `--NAME <kind>`. */
export interface Setting<Value> {
  readonly kind: string;
  readonly what: string;
  /** What it is when it is not said. */
  readonly usual: Value;
  /** The same with `--tiny`: as little as shows that the bench works. */
  readonly tiny: Value;
  /** Reads what was said; `before` when it is said several times. Throws commander's InvalidArgumentError. */
  parse(text: string, before: Value | undefined): Value;
}

interface Defaults<Value> {
  readonly usual: Value;
  readonly tiny: Value;
}

/** From 1 on. */
export function count(what: string, defaults: Defaults<number>): Setting<number> {
  return { kind: 'number', what, ...defaults, parse: wholeNumber };
}

/** Seconds, 0 included. */
export function seconds(what: string, defaults: Defaults<number>): Setting<number> {
  return { kind: 'seconds', what, ...defaults, parse: (text) => (text === '0' ? 0 : wholeNumber(text)) };
}

/** How often everything is measured. */
export function runs(usual = 3): Setting<number> {
  return count('how often each is measured', { usual, tiny: 1 });
}

/** A codec of what is written to topics. */
export function codec(what: string): Setting<Codec | undefined> {
  const parse = (text: string) => nameOf(text, CODECS);
  return { kind: 'codec', what: `${what}: ${CODECS.join(', ')}`, usual: undefined, tiny: undefined, parse };
}

/** Some of these names, each said by itself; without any, all. */
export function some<Name extends string>(
  kind: string,
  names: readonly Name[],
  tiny: readonly Name[] = names,
): Setting<readonly Name[]> {
  return {
    kind,
    what: `${names.join(', ')}; several times for several`,
    usual: names,
    tiny,
    parse: (text, before = []) => [...before, nameOf(text, names)],
  };
}

/** Where CPU profiles go, if they are wanted. */
export function profiles(what = 'writes CPU profiles of the processes'): Setting<string | undefined> {
  return { kind: 'folder', what, usual: undefined, tiny: undefined, parse: (text) => text };
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.');
  return Number(text);
}

function nameOf<Name extends string>(text: string, names: readonly Name[]): Name {
  const found = names.find((name) => name === text);
  if (found === undefined) throw new InvalidArgumentError(`It must be one of ${names.join(', ')}.`);
  return found;
}
