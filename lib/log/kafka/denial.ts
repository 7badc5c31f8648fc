import type { Broker, Cluster } from 'kafkajs';
import type { FlowError } from '#lib/flow/errors';
import { KINDS } from '#lib/log/kafka/coordinators';
import { kafkaFailure } from '#lib/log/kafka/failure';

/** What a coordinator looks after, and the right to use it. */
const RIGHTS = {
  group: { called: 'group', right: 'READ' },
  transaction: { called: 'transactional id', right: 'DESCRIBE and WRITE' },
} as const;

/**
 * The failure `denied` if this user may not use a group or transactional id; undefined if he may, or it cannot be told now.
 * kafkajs keeps this answer to itself: to it no coordinator was found, as in an outage.
 */
export async function denialOf(
  cluster: Pick<Cluster, 'metadata' | 'findControllerBroker'>,
  kind: keyof typeof RIGHTS,
  name: string,
): Promise<FlowError | undefined> {
  const { called, right } = RIGHTS[kind];
  try {
    await cluster.metadata();
    const broker = await cluster.findControllerBroker();
    if (isAsked(broker)) await broker.findGroupCoordinator({ groupId: name, coordinatorType: KINDS[kind] });
    return undefined;
  } catch (thrown) {
    const failure = kafkaFailure(`using ${called} ${name}, which needs ${right}`, thrown);
    return failure.code === 'denied' ? failure : undefined;
  }
}

/** kafkajs's broker, beyond its types. */
interface Asked {
  findGroupCoordinator(of: { readonly groupId: string; readonly coordinatorType: number }): Promise<unknown>;
}

function isAsked(broker: Broker): broker is Broker & Asked {
  return 'findGroupCoordinator' in broker;
}
