import { createHash } from 'node:crypto';
import { z } from 'zod';

const ownerRecord = z.object({
  /** Names this claim and its socket; never used twice. */
  id: z.string().regex(/^[0-9a-f]+$/),
  pid: z.number().int(),
  /** When the process started, in the system's own terms: tells it from a later process with the same pid. */
  started: z.string(),
  /** The pid means something only in this namespace of processes (a container has its own); empty: there is only one. */
  namespace: z.string(),
  /** Inode of the data folder: a copy of the folder is not owned by the owner of the original. */
  folder: z.number(),
  /** The command that owns the folder, e.g. start. */
  purpose: z.string(),
  /** True for a command that soon ends by itself. */
  passing: z.boolean(),
  /** ISO 8601 */
  since: z.string(),
  /** Address of the owner's dashboard, if it has one. */
  url: z.string().optional(),
});

/** Who owns a data folder, as written in it. */
export type OwnerRecord = Readonly<z.infer<typeof ownerRecord>>;

/** A claim as read: one whose text is unreadable (torn by a power cut) has no living owner, but can be succeeded like any other. */
export interface WrittenClaim {
  readonly id: string;
  readonly owner: OwnerRecord | undefined;
}

export function parseClaim(text: string): WrittenClaim {
  const parsed = ownerRecord.safeParse(jsonOf(text));
  if (parsed.success) return { id: parsed.data.id, owner: parsed.data };
  return { id: createHash('sha256').update(text).digest('hex').slice(0, 16), owner: undefined };
}

/** The owner in a person's words: command, process and address. */
export function nameOwner(owner: OwnerRecord): string {
  const where = owner.url === undefined ? '' : `, ${owner.url}`;
  return `"leadstream ${owner.purpose}" (process ${owner.pid}${where})`;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
