import { type Assigner, AssignerProtocol, type GroupMember } from 'kafkajs';
import type { Sharing } from '#lib/flow/log';
import { type ShareHolder, shareOut } from '#lib/flow/share-out';

/** Partition counts by topic, as the cluster calls them. */
export interface SharedTopics extends Sharing {
  readonly partitions: (topic: string) => number;
}

const NAME = 'leadstream-newest-store';
const VERSION = 1;

/**
 * Assigns shares of partitions by how far each member's own stores are. What a member tells travels in the user data of
 * its subscription, as JSON of [share, progress] pairs; a member of another version that tells nothing is taken too.
 */
export function createAssigner(shared: SharedTopics, progress: () => ReadonlyMap<number, number>): Assigner {
  return {
    name: NAME,
    version: VERSION,
    protocol: ({ topics }) => ({
      name: NAME,
      metadata: AssignerProtocol.MemberMetadata.encode({
        version: VERSION,
        topics,
        userData: Buffer.from(JSON.stringify([...progress()])),
      }),
    }),
    async assign({ members }) {
      const assigned = shareOut(shared.shares, members.map(holderOf));
      return members.map(({ memberId }) => ({
        memberId,
        memberAssignment: AssignerProtocol.MemberAssignment.encode({
          version: VERSION,
          assignment: assignmentOf(shared, assigned.get(memberId) ?? []),
          userData: Buffer.alloc(0),
        }),
      }));
    },
  };
}

/** The shares behind an assignment: what `assignmentOf` made of them. */
export function sharesOf(shared: SharedTopics, assignment: Readonly<Record<string, readonly number[]>>): number[] {
  const [topic] = shared.topics;
  if (topic === undefined) return [];
  const size = shared.partitions(topic) / shared.shares;
  return [...new Set((assignment[topic] ?? []).map((partition) => Math.floor(partition / size)))].toSorted(
    (a, b) => a - b,
  );
}

function assignmentOf(shared: SharedTopics, shares: readonly number[]): Record<string, number[]> {
  return Object.fromEntries(
    shared.topics.map((topic) => {
      const size = shared.partitions(topic) / shared.shares;
      return [topic, shares.flatMap((share) => Array.from({ length: size }, (_, n) => share * size + n))];
    }),
  );
}

function holderOf({ memberId, memberMetadata }: GroupMember): ShareHolder {
  const userData = AssignerProtocol.MemberMetadata.decode(memberMetadata)?.userData;
  return { id: memberId, progress: progressFrom(userData) };
}

function progressFrom(userData: Buffer | undefined): ReadonlyMap<number, number> {
  if (userData === undefined || userData.length === 0) return new Map();
  const told: unknown = JSON.parse(userData.toString());
  return new Map(Array.isArray(told) ? told.filter(isProgress) : []);
}

function isProgress(pair: unknown): pair is [share: number, progress: number] {
  return Array.isArray(pair) && pair.length === 2 && pair.every(Number.isFinite);
}
