import { ImportRefused } from '#app/import/refused';

/** The disk that an import writes to. */
export interface DiskSpace {
  /** Free bytes now. */
  free(): Promise<number>;
  /** What log, stores and tables there grow by, bytes for a byte of input. */
  readonly growth: number;
  /** As the user named it. */
  readonly named: string;
  /** How to name another one. */
  readonly remedy: string;
}

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;

/** Rejects with ImportRefused if fewer bytes are free than are needed. */
export async function checkDisk(disk: DiskSpace, needed: number): Promise<void> {
  const free = await disk.free();
  if (needed <= free) return;
  throw new ImportRefused(
    `the import needs about ${amount(needed)} of free disk in ${disk.named}, and ${amount(free)} are free: make room, or ${disk.remedy}`,
  );
}

/** E.g. 1.9 GB. */
function amount(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${UNITS[power]}`;
}
