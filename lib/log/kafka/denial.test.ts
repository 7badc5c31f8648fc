import { KafkaJSConnectionError, KafkaJSProtocolError } from 'kafkajs';
import { expect, test } from 'vitest';
import { denialOf } from '#lib/log/kafka/denial';

/** A cluster whose broker answers a look-up of coordinators as given; what it is asked is kept. */
function clusterThat(answers: () => unknown) {
  const asked: unknown[] = [];
  const broker = {
    findGroupCoordinator: async (of: unknown) => {
      asked.push(of);
      return answers();
    },
  };
  const cluster = { metadata: async () => ({}), findControllerBroker: async () => broker };
  return { asked, cluster: cluster as unknown as Parameters<typeof denialOf>[0] };
}

function denied(type: string): never {
  throw new KafkaJSProtocolError(Object.assign(new Error('Not authorized'), { type, code: 30, retriable: false }));
}

test('what the broker denies is named, with the right that it takes', async () => {
  const group = clusterThat(() => denied('GROUP_AUTHORIZATION_FAILED'));
  expect(await denialOf(group.cluster, 'group', 'acme.score')).toMatchObject({
    code: 'denied',
    retriable: false,
    message:
      'using group acme.score, which needs READ: Kafka denies it (GROUP_AUTHORIZATION_FAILED); grant it to this user',
  });
  const task = clusterThat(() => denied('TRANSACTIONAL_ID_AUTHORIZATION_FAILED'));
  expect((await denialOf(task.cluster, 'transaction', 'acme.score-0'))?.message).toContain(
    'using transactional id acme.score-0, which needs DESCRIBE and WRITE: ',
  );
  expect([group.asked, task.asked]).toEqual([
    [{ groupId: 'acme.score', coordinatorType: 0 }],
    [{ groupId: 'acme.score-0', coordinatorType: 1 }],
  ]);
});

test('a coordinator that is there, or that an outage hides, is no denial', async () => {
  const there = clusterThat(() => ({ coordinator: { nodeId: '1' } }));
  expect(await denialOf(there.cluster, 'group', 'score')).toBeUndefined();
  const away = clusterThat(() => {
    throw new KafkaJSConnectionError('the broker is gone');
  });
  expect(await denialOf(away.cluster, 'group', 'score')).toBeUndefined();
  const starting = clusterThat(() => denied('GROUP_COORDINATOR_NOT_AVAILABLE'));
  expect(await denialOf(starting.cluster, 'transaction', 'score-0')).toBeUndefined();
});
