import type { Member } from '#lib/flow/log';
import { type Shares, share } from '#lib/log/memory/shares';

/** Members in one process that share the partitions of their inputs. */
export interface Group {
  readonly partitions: number;
  /** Resolves when the new shares are in force; the returned function leaves, and resolves when others have taken over. */
  join(member: Member): Promise<() => Promise<void>>;
}

/**
 * At every change each partition that moves is revoked from its old member before any is assigned to a new one. Members
 * are told only what changes. One change at a time. If a member fails, the others are told all the same and the change
 * rejects with its error.
 */
export function createGroup(partitions: number): Group {
  const members: Member[] = [];
  let shares: Shares<Member> = new Map();
  let changes: Promise<void> = Promise.resolve();

  const rebalance = async (): Promise<void> => {
    const before = shares;
    const after = share(partitions, members, before);
    shares = after;
    const told = [
      ...(await Promise.allSettled([...before].map(([member, had]) => tell(member.revoked, had, after.get(member))))),
      ...(await Promise.allSettled([...after].map(([member, has]) => tell(member.assigned, has, before.get(member))))),
    ];
    const failed = told.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  };

  const change = (apply: () => void): Promise<void> => {
    const done = changes.then(() => {
      apply();
      return rebalance();
    });
    changes = done.catch(() => undefined);
    return done;
  };

  return {
    partitions,
    async join(joining) {
      // A member of its own: the same object may join twice.
      const member: Member = {
        assigned: (added) => joining.assigned(added),
        revoked: (removed) => joining.revoked(removed),
      };
      let left: Promise<void> | undefined;
      await change(() => members.push(member));
      return () => {
        left ??= change(() => members.splice(members.indexOf(member), 1));
        return left;
      };
    },
  };
}

/** Tells a member about the partitions of `these` that are not among `those`. */
async function tell(
  call: (partitions: readonly number[]) => Promise<void>,
  these: readonly number[],
  those: readonly number[] = [],
): Promise<void> {
  const different = these.filter((partition) => !those.includes(partition));
  if (different.length > 0) await call(different);
}
