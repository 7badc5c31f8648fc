import { SqlError } from '#lib/clickhouse/faults';

const READING = new Set(['SELECT', 'WITH', 'SHOW', 'DESCRIBE', 'DESC', 'EXPLAIN', 'EXISTS']);

/** Texts, quoted names, comments, words, anything else: enough to see where a statement ends and how it begins. */
const TOKEN =
  /'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"|`(?:[^`\\]|\\[\s\S]|``)*`|--[^\n]*|#[ !][^\n]*|\/\*[\s\S]*?\*\/|[A-Za-z_][A-Za-z_0-9]*|\S/g;

/** A statement that reads. */
export interface Reading {
  /** False for those that only inform about tables: their answer comes as a whole. */
  readonly selects: boolean;
  /** The format that it asks for itself. */
  readonly format: string | undefined;
}

/**
 * Throws a SqlError unless `sql` is one statement that reads. The engine's readonly mode guards the data; this keeps out
 * what that mode lets through (SET, USE, SYSTEM, INTO OUTFILE, a second statement).
 */
export function readingStatement(sql: string): Reading {
  const tokens = Array.from(sql.matchAll(TOKEN), ([token]) => token).filter((token) => !/^(--|#[ !]|\/\*)/.test(token));
  while (tokens.at(-1) === ';') tokens.pop();
  const words = tokens.map((token) => token.toUpperCase());
  const first = words.find((word) => word !== '(');
  if (first === undefined) throw new SqlError('the statement is empty: write a SELECT');
  if (!READING.has(first)) {
    throw new SqlError(`${first} is not allowed here: only statements that read, such as SELECT, are`);
  }
  if (words.includes(';')) throw new SqlError('only one statement at a time is allowed');
  if (words.some((word, i) => word === 'INTO' && words[i + 1] === 'OUTFILE')) {
    throw new SqlError('INTO OUTFILE is not allowed here: redirect the output instead');
  }
  return {
    selects: first === 'SELECT' || first === 'WITH',
    format: words.at(-2) === 'FORMAT' ? tokens.at(-1) : undefined,
  };
}

/** A user's statement and the format of its answer: the one it asks for itself, else `format`. Throws a SqlError for either. */
export function userStatement(sql: string, format: string): { readonly selects: boolean; readonly format: string } {
  const reading = readingStatement(sql);
  if (!/^[A-Za-z]\w*$/.test(format)) throw new SqlError(`${format} is not the name of a format`);
  return { selects: reading.selects, format: reading.format ?? format };
}
