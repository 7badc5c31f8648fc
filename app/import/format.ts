/** What an input is instead of NDJSON in UTF-8, and what makes NDJSON of it. */
export interface WrongFormat {
  readonly is: string;
  readonly remedy: string;
}

/** Whether an input can hold NDJSON is seen from so many of its first bytes. */
export const SNIFFED = 65_536;

const UNPACK = 'unpack it first';
const ONE_A_LINE = 'write one event per line, e.g. with jq -c';

/** How files of other formats begin, as latin1. */
const BEGINNINGS: readonly (readonly [string, string, string])[] = [
  ['\x1f\x8b', 'packed with gzip', `${UNPACK}, e.g. gunzip -c FILE | leadstream import -`],
  ['PK\x03\x04', 'a zip archive', UNPACK],
  ['\x28\xb5\x2f\xfd', 'packed with zstd', `${UNPACK}, e.g. zstd -dc FILE | leadstream import -`],
  ['BZh', 'packed with bzip2', `${UNPACK}, e.g. bunzip2 -c FILE | leadstream import -`],
  ['\xfd7zXZ', 'packed with xz', `${UNPACK}, e.g. xz -dc FILE | leadstream import -`],
  ['PAR1', 'a Parquet file', 'write its rows as NDJSON'],
  ['Obj\x01', 'an Avro file', 'write its records as NDJSON'],
  ['\xff\xfe', 'UTF-16', 'write it as UTF-8, e.g. with iconv -f UTF-16 -t UTF-8'],
  ['\xfe\xff', 'UTF-16', 'write it as UTF-8, e.g. with iconv -f UTF-16 -t UTF-8'],
  ['\0\0\xfe\xff', 'UTF-32', 'write it as UTF-8, e.g. with iconv -f UTF-32 -t UTF-8'],
];
const BYTE_ORDER_MARK = '\xef\xbb\xbf';
const SEPARATORS = [',', ';', '\t', '|'];
/** One byte of the two of a UTF-16 character of ASCII, at the start of JSON. */
const WIDE = /^(?:[{["]\0|\0[{["])/;

/** What an input is instead of NDJSON; undefined: it may be NDJSON. `head` are its first bytes, SNIFFED or all of them. */
export function wrongFormat(head: Buffer): WrongFormat | undefined {
  const bytes = head.toString('latin1');
  for (const [beginning, is, remedy] of BEGINNINGS) if (bytes.startsWith(beginning)) return { is, remedy };
  if (WIDE.test(bytes)) return { is: 'UTF-16', remedy: 'write it as UTF-8, e.g. with iconv -f UTF-16 -t UTF-8' };
  const text = (bytes.startsWith(BYTE_ORDER_MARK) ? bytes.slice(BYTE_ORDER_MARK.length) : bytes).trimStart();
  if (text.startsWith('[') && !isJson(firstLine(text))) return { is: 'one JSON array', remedy: `${ONE_A_LINE} '.[]'` };
  if (isArrayOfObjects(firstLine(text))) return { is: 'one JSON array', remedy: `${ONE_A_LINE} '.[]'` };
  if (isSpreadObject(text)) return { is: 'JSON over several lines', remedy: `${ONE_A_LINE} .` };
  if (isTable(text)) return { is: 'CSV', remedy: 'write each row as a JSON object on a line of its own' };
  return undefined;
}

/** E.g. events.csv is CSV, and import reads NDJSON: write each row … */
export function sayWrongFormat(name: string, { is, remedy }: WrongFormat): string {
  const what = name === '-' ? 'standard input' : name;
  return `${what} is ${is}, and import reads NDJSON, one event per line: ${remedy.replace('FILE', name)}`;
}

function firstLine(text: string): string {
  const end = text.indexOf('\n');
  return end === -1 ? text : text.slice(0, end);
}

function isArrayOfObjects(line: string): boolean {
  return /^\[\s*\{/.test(line);
}

/** An object that is opened on a line of its own, and whose first field follows. */
function isSpreadObject(text: string): boolean {
  return /^\{\s*\r?\n\s*(?:"|\/\/)/.test(text);
}

/** No line is JSON, and the first ones have the same separators. */
function isTable(text: string): boolean {
  const [names = '', ...rows] = text.split('\n', 3).filter((line) => line.trim() !== '');
  if (isJson(names) || /^[{["]?\s*[{[]/.test(names)) return false;
  return SEPARATORS.some((separator) => {
    const count = names.split(separator).length;
    return count > 1 && rows.every((row) => !row.startsWith('{') && row.split(separator).length >= count);
  });
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}
