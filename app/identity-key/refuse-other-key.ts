import { CommandFailed } from '#app/cli/failure';
import type { Log } from '#lib/flow/log';
import { recordsOf } from '#lib/flow/merge';
import { type IdentityHash, refusalOfKey } from '#lib/identity/identity-hash';
import { type ActivityMessage, TOPICS } from '#schemas/topics';

/** What identify writes first is in every partition. */
const FIRST = { topic: TOPICS.activity, partition: 0 };

/**
 * Rejects with one plain line if the identifiers of a log are hashed with another key. A log in which nothing was decided yet
 * takes any. `where`: the folder or the topics, as the user names them.
 */
export async function refuseOtherKey(log: Log, { key }: IdentityHash, where: string): Promise<void> {
  const named = await keyNamedIn(log);
  const refusal = named === undefined ? undefined : refusalOfKey(named, key);
  if (refusal !== undefined) throw new CommandFailed(`${where} cannot be used: ${refusal}`);
}

/** The fingerprint that the first record names; undefined: there is no record. */
async function keyNamedIn(log: Log): Promise<string | null | undefined> {
  const reader = log.reader<ActivityMessage>(FIRST, await log.start(FIRST));
  try {
    const records = recordsOf({ reader, end: await log.end(FIRST) }, new AbortController().signal);
    for await (const { value } of records) {
      const message = value as ActivityMessage;
      return message.type === 'Tick' || message.type === 'ModelApplied' ? message.value.identity_key : null;
    }
    return undefined;
  } finally {
    await reader.close();
  }
}
