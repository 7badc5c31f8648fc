import { expect, test } from 'vitest';
import { refuseOtherKey } from '#app/identity-key/refuse-other-key';
import type { Log } from '#lib/flow/log';
import { identityHash } from '#lib/hash/keyed';
import { createMemoryLog } from '#lib/log/memory/log';
import { type ActivityMessage, TOPICS } from '#schemas/topics';

const [NONE, KEY, OTHER] = [identityHash(''), identityHash('s3cret'), identityHash('other')];

/** A log whose lead.activity begins with a tick that names these keys. */
async function naming(...keys: readonly (string | null)[]): Promise<Log> {
  const log = createMemoryLog({ partitions: { [TOPICS.activity]: 1 } });
  const ticks = keys.map((identity_key, i): ActivityMessage => {
    return { type: 'Tick', value: { seq: i + 1, logged_at: i, own_time: false, import_id: null, identity_key } };
  });
  await log.publish(ticks.map((value) => ({ topic: TOPICS.activity, partition: 0, key: null, value })));
  return log;
}

test('a log in which nothing was decided takes any key', async () => {
  for (const identity of [NONE, KEY]) await refuseOtherKey(await naming(), identity, './data');
});

test('the key that the first record names is taken, whatever comes later', async () => {
  await refuseOtherKey(await naming(KEY.key, null), KEY, './data');
  await refuseOtherKey(await naming(null, null), NONE, './data');
});

test.each([
  [
    'another key',
    KEY,
    OTHER,
    `with a key of fingerprint ${KEY.key}, and the one given has ${OTHER.key}; give that key by`,
  ],
  ['no key', KEY, NONE, `with a key of fingerprint ${KEY.key}, and none is given; give that key by`],
  ['a key where there is none', NONE, KEY, 'without a key, and one is given; unset'],
])('%s is refused in one line that says what to do', async (_, { key }, given, said) => {
  await expect(refuseOtherKey(await naming(key, null), given, './data')).rejects.toThrow(
    `./data cannot be used: its identifiers are hashed ${said} LEADSTREAM_IDENTITY_KEY or LEADSTREAM_IDENTITY_KEY_FILE`,
  );
});
