import type { MessagePort } from 'node:worker_threads';
import { partitionName } from '#lib/flow/position';
import type { Slots } from '#lib/log/embedded/slots';
import { bufferOf, type Grown, type Request, send } from '#lib/log/embedded/wire';
import type { GroupWriter, Write, Written } from '#lib/log/embedded/writer';
import { wiredError } from '#lib/threads/wired-error';

/** The replicas of a log, as its owner sees them (replica.ts). */
export interface Replicas {
  /** Serves the replica at the other end of a port until that is closed. */
  attach(port: MessagePort, writer: GroupWriter): void;
  /** Tells all of them what has been written. */
  readonly written: (group: readonly Written[]) => void;
}

export function createReplicas(slots: Slots): Replicas {
  const attached = new Set<(group: readonly Written[]) => void>();

  return {
    attach(port, writer) {
      const followed = new Set<string>();
      const own = new Map<Write, number>();
      const tell = (group: readonly Written[]): void => {
        const grown = group.flatMap((written) => growthOf(written, own, followed));
        const moved = grown.flatMap(({ records }) => records ?? []);
        if (grown.length > 0) send(port, { kind: 'grew', grown }, moved);
      };
      const work = async ({ id, appends, settings, owner }: Request & { readonly kind: 'write' }): Promise<void> => {
        const write: Write = {
          appends: appends.map(({ at, records, count }) => ({ slot: slots.at(at), records: bufferOf(records), count })),
          settings,
          ...(owner && { owner }),
        };
        own.set(write, id);
        try {
          const written = await writer.write(write);
          send(port, { kind: 'written', id, written });
        } catch (thrown) {
          send(port, { kind: 'failed', id, error: wiredError(thrown) });
        } finally {
          own.delete(write);
        }
      };

      attached.add(tell);
      port.on('message', (request: Request) => {
        if (request.kind === 'write') void work(request);
        else if (request.kind === 'follow') followed.add(partitionName(request.at));
        else followed.delete(partitionName(request.at));
      });
      port.on('close', () => attached.delete(tell));
    },
    written(group) {
      for (const tell of attached) tell(group);
    },
  };
}

function growthOf({ work, reached }: Written, own: ReadonlyMap<Write, number>, followed: ReadonlySet<string>): Grown[] {
  if ('removed' in work) {
    const { at, end, bytes } = work.slot;
    return [{ at, start: work.start, end, bytes, count: 0 }];
  }
  const write = own.get(work);
  return work.appends.map(({ slot, records, count }, index) => {
    const { end, bytes } = reached[index] ?? slot;
    const grown = { at: slot.at, start: slot.start, end, bytes, count };
    if (write !== undefined) return { ...grown, write };
    if (!followed.has(partitionName(slot.at))) return grown;
    return { ...grown, records: new Uint8Array(records) };
  });
}
