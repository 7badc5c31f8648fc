import type { Broker, Cluster } from 'kafkajs';
import { typeOf } from '#lib/log/kafka/failure';
import type { Sending } from '#lib/log/kafka/sending';
import { sendRequest, type WireRequest } from '#lib/log/kafka/wire/request';

/** The protocol's numbers for what is coordinated; kafkajs's types leave them out. */
export const KINDS = { group: 0, transaction: 1 } as const;

/** Sends requests to the brokers that coordinate groups and transactions; who they are is remembered until one says that it is not. */
export interface Coordinators {
  send<Answer>(kind: keyof typeof KINDS, id: string, request: WireRequest<Answer>): Promise<Answer>;
}

export function createCoordinators(cluster: Cluster, sending: Sending): Coordinators {
  const known = new Map<string, Broker>();

  async function coordinator(kind: keyof typeof KINDS, id: string): Promise<Broker> {
    const key = `${kind}/${id}`;
    const found = known.get(key) ?? (await cluster.findGroupCoordinator(asked(kind, id)));
    known.set(key, found);
    return found;
  }

  return {
    send: (kind, id, request) =>
      sending(async () => {
        try {
          return await sendRequest(await coordinator(kind, id), request);
        } catch (thrown) {
          if (typeOf(thrown) === 'NOT_COORDINATOR') known.delete(`${kind}/${id}`);
          throw thrown;
        }
      }),
  };
}

function asked(kind: keyof typeof KINDS, id: string) {
  return { groupId: id, coordinatorType: KINDS[kind] };
}
