import { socketName } from '#app/folder/chain';
import type { Place } from '#app/folder/place';
import type { OwnerRecord } from '#app/folder/record';
import { isListening } from '#app/folder/socket';
import { stillRuns } from '#lib/process/identity';

/**
 * Whether the owner still lives. The system closes a dead process's socket at once, whatever killed it, and keeps a
 * stopped one's open; if the socket was deleted or is out of reach, the process itself is looked up. Data folders are on
 * local disks (LMDB demands it), so the socket's word holds between containers as well.
 */
export async function isAlive(place: Place, owner: OwnerRecord): Promise<boolean> {
  if (owner.folder !== place.inode) return false;
  if (await isListening(place.owners, socketName(owner.id))) return true;
  return (await stillRuns(owner)) ?? false;
}
