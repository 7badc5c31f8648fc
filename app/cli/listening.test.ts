import { expect, test } from 'vitest';
import { CommandFailed } from '#app/cli/failure';
import { cannotListen } from '#app/cli/listening';

const failed = (code: string) => Object.assign(new Error('listen'), { code });

test.each([
  ['EADDRINUSE', undefined, 'port 80 on kafka-1 is in use; choose another one with --port'],
  ['EADDRINUSE', '--operation-port', 'port 80 on kafka-1 is in use; choose another one with --operation-port'],
  ['EACCES', undefined, 'this user may not listen on port 80; choose one from 1024 on with --port'],
  ['EADDRNOTAVAIL', undefined, 'kafka-1 is no address of this machine; choose another one with --host'],
  ['ENOTFOUND', undefined, 'kafka-1 is no address of this machine; choose another one with --host'],
])('%s, with flag %s, is one plain line that names the flag to change', (code, portFlag, line) => {
  const listening = { host: 'kafka-1', port: 80, ...(portFlag !== undefined && { portFlag }) };
  expect(() => cannotListen(failed(code), listening)).toThrow(new CommandFailed(line));
});

test('what no other flag would mend is left as it is', () => {
  const thrown = failed('EMFILE');
  expect(() => cannotListen(thrown, { host: 'kafka-1', port: 80 })).toThrow(thrown);
});
