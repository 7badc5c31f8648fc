import type { ChunkDatabase } from '#lib/log/embedded/chunks';
import { Edits } from '#lib/log/embedded/edits';
import { numberAt, type SettingKey, type Settings } from '#lib/log/embedded/settings';
import type { Slot } from '#lib/log/embedded/slot';
import { Tail } from '#lib/log/embedded/tail';
import type { Write } from '#lib/log/embedded/writer';

/** What a group of writes does to the disk. */
export interface Plan {
  readonly edits: ReadonlyMap<Slot, Edits>;
  readonly settings: Write['settings'];
  /** For each of the group where its partitions end with it, by its appends; undefined: its task has another owner. */
  readonly ends: readonly (readonly number[] | undefined)[];
}

/** Plans writes one after the other, each upon those before it. Nobody else writes until the plan is carried out. */
export function plan(
  group: readonly Write[],
  {
    chunks,
    settings,
    writtenAt,
  }: {
    readonly chunks: ChunkDatabase;
    readonly settings: Settings;
    /** ms since 1970 UTC */
    readonly writtenAt: number;
  },
): Plan {
  const edits = new Map<Slot, Edits>();
  const changed: { readonly key: SettingKey; readonly value: unknown }[] = [];
  /** By task, of those that the group opens. */
  const opened = new Map<unknown, unknown>();

  const editsOf = (slot: Slot): Edits => {
    const known = edits.get(slot) ?? new Edits(slot);
    edits.set(slot, known);
    return known;
  };

  const ends = group.map(({ appends, settings: changes, owner }) => {
    if (owner !== undefined) {
      const { task, epoch } = owner;
      if ((opened.get(task) ?? numberAt(settings, ['epoch', task], 0)) !== epoch) return undefined;
    }
    for (const { key, value } of changes) {
      const [kind, task] = key;
      if (kind === 'epoch') opened.set(task, value);
      changed.push({ key, value });
    }
    return appends.map(({ slot, records }) => {
      slot.tail ??= Tail.load(slot, chunks);
      slot.tail.append(records, writtenAt, editsOf(slot));
      return slot.tail.end;
    });
  });
  return { edits, settings: changed, ends };
}
