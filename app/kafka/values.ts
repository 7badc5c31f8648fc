import { z } from 'zod';
import { formatDuration, parseDuration } from '#lib/model/duration';

/** A text that stands for something else. `wrong`: what is wrong with one that does not, and what to write. */
export function readAs<Value>(read: (text: string) => Value | undefined, wrong: string) {
  return z.string().transform((text, context): Value => {
    const value = read(text.trim());
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: `'${text}' ${wrong}` });
    return z.NEVER;
  });
}

export function wholeNumber(from: number, to: number, example: number) {
  return readAs((text) => {
    const value = Number(text);
    return /^\d+$/.test(text) && value >= from && value <= to ? value : undefined;
  }, `is no whole number from ${from} to ${to}; write e.g. ${example}`);
}

export const port = wholeNumber(0, 65_535, 8080);

export const cacheMegabytes = wholeNumber(32, 65_536, 256);

export const yesOrNo = readAs(
  (text) => (text === 'true' ? true : text === 'false' ? false : undefined),
  'is neither yes nor no; write true or false',
);

export function oneOf<const Choice extends string>(choices: readonly Choice[]) {
  return readAs(
    (text) => choices.find((choice) => choice === text.toLowerCase()),
    `is not known; write one of ${choices.join(', ')}`,
  );
}

/** A length of time in ms, as in models (`10s`, `5m`) and also `500ms`. */
export function duration(from: number, to: number) {
  return readAs(
    (text) => {
      const [, amount] = /^(\d+)\s?ms$/.exec(text) ?? [];
      const ms = amount === undefined ? parseDuration(text) : Number(amount);
      return ms !== undefined && ms >= from && ms <= to ? ms : undefined;
    },
    `is no length of time from ${shown(from)} to ${shown(to)}; write e.g. ${shown(from)}`,
  );
}

/** host:port, separated by commas. */
export const brokers = readAs((text) => {
  const list = text.split(',').map((broker) => broker.trim());
  return list.every(isBroker) ? list : undefined;
}, 'is no list of brokers; write host:port, separated by commas, e.g. kafka-1:9092,kafka-2:9092');

/** Names in Kafka consist of these letters. */
export const prefix = readAs(
  (text) => (/^[A-Za-z0-9._-]{0,100}$/.test(text) ? text : undefined),
  'cannot begin the name of a topic; write at most 100 letters, digits, dots, dashes and underscores, e.g. acme.',
);

/** An address over HTTP without user and password: an address may be printed. */
export function address(user: string, password: string, example: string) {
  return z.string().transform((text, context): string => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const refuse = (message: string) => {
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    };
    if (url !== undefined && (url.username !== '' || url.password !== '')) {
      return refuse(`user and password do not belong into an address; write them into ${user} and ${password}`);
    }
    if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
      return refuse(`'${withoutUser(text)}' is no address over HTTP; write e.g. ${example}`);
    }
    return text;
  });
}

/** Any text but an empty one, taken as it is. */
export const text = z.string().min(1);

/** host:port; kafkajs takes names and IPv4 addresses. */
function isBroker(broker: string): boolean {
  const [, digits] = /^[A-Za-z0-9._-]+:(\d{1,5})$/.exec(broker) ?? [];
  return digits !== undefined && Number(digits) >= 1 && Number(digits) <= 65_535;
}

/** What stands before an @ may be a password. */
function withoutUser(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}

function shown(ms: number): string {
  return ms % 1_000 === 0 ? formatDuration(ms) : `${ms}ms`;
}
