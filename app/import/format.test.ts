import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { sayWrongFormat, wrongFormat } from '#app/import/format';
import { call, file, memory, run, START } from '#app/import/given';

const EVENT = call(START);
const UTF_16 = Buffer.from(`${EVENT}\n`, 'utf16le');

test.each<readonly [is: string, head: Buffer | string]>([
  ['packed with gzip', gzipSync(EVENT)],
  ['packed with zstd', Buffer.from('28b52ffd0458', 'hex')],
  ['packed with bzip2', 'BZh91AY&SY'],
  ['packed with xz', Buffer.from('fd377a585a0000', 'hex')],
  ['a zip archive', 'PK\x03\x04\x14'],
  ['a Parquet file', 'PAR1\x15\x04'],
  ['an Avro file', 'Obj\x01\x04\x14'],
  ['UTF-16', Buffer.concat([Buffer.from('fffe', 'hex'), UTF_16])],
  ['UTF-16', Buffer.concat([Buffer.from('feff', 'hex'), Buffer.from(UTF_16).swap16()])],
  ['UTF-16', UTF_16],
  ['UTF-16', Buffer.from(UTF_16).swap16()],
  ['UTF-32', Buffer.from('0000feff0000007b', 'hex')],
  ['one JSON array', `[\n${EVENT},\n${EVENT}\n]`],
  ['one JSON array', `[${EVENT},${EVENT}]`],
  ['one JSON array', `\ufeff  [${EVENT},\n${EVENT}]`],
  ['JSON over several lines', JSON.stringify(JSON.parse(EVENT), undefined, 2)],
  ['JSON over several lines', '{\r\n\t"type": "track"'],
  ['CSV', 'email,event,time\nann@x.example,Trial Started,2026-01-01\n'],
  ['CSV', '"email";"event"\r\n"ann@x.example";"Trial, started"\r\n'],
  ['CSV', 'email\tevent\nann@x.example\tTrial Started'],
  ['CSV', '\ufeffemail,event\n'],
])('%s is told from its first bytes', (is, head) => {
  expect(wrongFormat(Buffer.from(head))?.is).toBe(is);
});

test.each<readonly [what: string, head: Buffer | string]>([
  ['events', `${EVENT}\n${EVENT}\n`],
  ['events after a byte order mark and empty lines', `\ufeff\n\r\n${EVENT}`],
  ['nothing', ''],
  ['an event cut off', EVENT.slice(0, 20)],
  ['a bad line before events', `nonsense, or so\n${EVENT}`],
  ['an empty array on a line', `[]\n${EVENT}`],
  ['lines that are no events', 'nonsense\nmore of it\n'],
  ['a broken event before others', `{"type":"track","event"\n${EVENT}`],
  ['an event with a space first', `  ${EVENT}\n`],
])('%s may be NDJSON', (_, head) => {
  expect(wrongFormat(Buffer.from(head))).toBeUndefined();
});

test('the import ends with one line that names the input and what to do', async () => {
  const fault = wrongFormat(gzipSync(EVENT));
  expect(fault === undefined ? '' : sayWrongFormat('events.gz', fault)).toBe(
    'events.gz is packed with gzip, and import reads NDJSON, one event per line: unpack it first, e.g. gunzip -c events.gz | leadstream import -',
  );
  const log = memory();
  const files = [file(EVENT), file('email,event\n1,2\n', 'leads.csv')];
  await expect(run(log, files)).rejects.toThrow(
    'leads.csv is CSV, and import reads NDJSON, one event per line: write each row as a JSON object on a line of its own',
  );
});
