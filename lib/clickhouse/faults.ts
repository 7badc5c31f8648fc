import { type FlowError, messageOf, outage } from '#lib/flow/errors';

/** A statement that ClickHouse refuses, in one plain line: correct the statement. */
export class SqlError extends Error {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'SqlError';
  }
}

/** ClickHouse's codes for statements and rows that are wrong in themselves: trying again would not help. */
const OUR_FAULT = new Set(['6', '16', '26', '27', '36', '38', '41', '43', '47', '53', '60', '62', '72', '117', '349']);

/** What an insert's error means: an outage (disk, memory, connection), or rows that do not fit their table. */
export function insertFault(table: string, thrown: unknown): FlowError | SqlError {
  const line = plainLine(thrown);
  if (OUR_FAULT.has(codeOf(thrown)))
    return new SqlError(`ClickHouse refuses rows of ${table}: ${line}`, { cause: thrown });
  return outage(`ClickHouse cannot insert into ${table}`, new Error(line, { cause: thrown }));
}

/** What a read's error means to whoever wrote the statement. */
export function queryFault(thrown: unknown): SqlError {
  if (thrown instanceof SqlError) return thrown;
  if (codeOf(thrown) === MEMORY) {
    return new SqlError('the statement needs too much memory: ask for less, by WHERE or LIMIT', { cause: thrown });
  }
  return new SqlError(plainLine(thrown), { cause: thrown });
}

const MEMORY = '241';
const LONGEST = 300;

/** ClickHouse's message without its lists of tokens, ids and stack, as one line. */
export function plainLine(thrown: unknown): string {
  const line = messageOf(thrown)
    .split('\n', 1)
    .join('')
    .replace(/^.*?Code: \d+\. DB::Exception: /, '')
    .replace(/ \(version [^()]*(?:\([^()]*\))?\)$/, '')
    .replace(/^\S+: (?=Cannot execute query|Not enough privileges)/, '')
    .replace(/\.? Expected one of: .*$/, '')
    .replace(/: while executing .*$/i, '')
    .replace(/ \([A-Z_]+\)$/, '')
    .replace(/^Streaming query is/, 'this is')
    .replace(/ \([0-9a-f]{8}-[0-9a-f-]{27}\)/g, '')
    .replace(/[.\s]+$/, '');
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}

/** ClickHouse's number of an error, which may stand in the message only; of another error its code; '' if it has none. */
export function codeOf(thrown: unknown): string {
  const inMessage = /Code: (\d+)\. DB::Exception/.exec(messageOf(thrown))?.[1];
  if (inMessage !== undefined) return inMessage;
  return typeof thrown === 'object' && thrown !== null && 'code' in thrown ? String(thrown.code) : '';
}
