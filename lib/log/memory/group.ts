import type { Member } from '#lib/flow/log';
import { shareOut } from '#lib/flow/share-out';

/** Members in one process that share what there is. */
export interface Group {
  readonly shares: number;
  /** Resolves when the new shares are in force; the returned function leaves, and resolves when others have taken over. */
  join(member: Member): Promise<() => Promise<void>>;
}

interface Joined {
  readonly id: string;
  readonly member: Member;
  has: readonly number[];
}

/**
 * At every change each share that moves is revoked from its old member before any is assigned to a new one. Members are
 * told only what changes. One change at a time. If a member fails, the others are told all the same and the change
 * rejects with its error.
 */
export function createGroup(shares: number): Group {
  const members = new Map<string, Joined>();
  let changes: Promise<void> = Promise.resolve();
  let ids = 0;

  const rebalance = async (left: readonly Joined[]): Promise<void> => {
    const holders = Array.from(members.values(), ({ id, member, has }) => ({
      id,
      progress: member.progress?.() ?? new Map(has.map((share) => [share, 1])),
    }));
    const given = shareOut(shares, holders);
    const changed = [...members.values(), ...left].map((joined) => {
      const before = joined.has;
      joined.has = given.get(joined.id) ?? [];
      return { member: joined.member, before, after: joined.has };
    });
    const told = [
      ...(await Promise.allSettled(
        changed.map(({ member, before, after }) => tell((shares) => member.revoked(shares), before, after)),
      )),
      ...(await Promise.allSettled(
        changed.map(({ member, before, after }) => tell((shares) => member.assigned(shares), after, before)),
      )),
    ];
    const failed = told.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  };

  const change = (apply: () => readonly Joined[]): Promise<void> => {
    const done = changes.then(() => rebalance(apply()));
    changes = done.catch(() => undefined);
    return done;
  };

  return {
    shares,
    async join(member) {
      // Named anew each time: the same object may join twice.
      const joined: Joined = { id: String(ids++).padStart(6, '0'), member, has: [] };
      let left: Promise<void> | undefined;
      await change(() => {
        members.set(joined.id, joined);
        return [];
      });
      return () => {
        left ??= change(() => {
          members.delete(joined.id);
          return [joined];
        });
        return left;
      };
    },
  };
}

/** Tells a member about the shares of `these` that are not among `those`. */
async function tell(
  call: (shares: readonly number[]) => Promise<void>,
  these: readonly number[],
  those: readonly number[],
): Promise<void> {
  const different = these.filter((share) => !those.includes(share));
  if (different.length > 0) await call(different);
}
