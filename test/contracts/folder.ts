import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of one test's own. */
export interface TestFolder {
  readonly dir: string;
  remove(): void;
}

export function testFolder(): TestFolder {
  const dir = mkdtempSync(join(tmpdir(), 'leadstream-test-'));
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

/** A small disk of its own in memory. Needs the right to mount (root on Linux); fails plainly without it. */
export interface SmallDisk {
  readonly dir: string;
  resize(size: string): void;
  /** Writes a file that leaves no room. */
  fill(file: string): void;
  makeReadOnly(): void;
  makeWritable(): void;
  remove(): void;
}

export function smallDisk(size: string): SmallDisk {
  const { dir, remove } = testFolder();
  const mount = (...args: string[]): void => {
    execFileSync('mount', args, { stdio: 'pipe' });
  };
  mount('-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', dir);
  return {
    dir,
    resize: (larger) => mount('-o', `remount,size=${larger}`, dir),
    fill(file) {
      for (let bytes = 16 * 1024 * 1024; bytes >= 4096; bytes /= 2) fillBy(join(dir, file), bytes);
    },
    makeReadOnly: () => mount('-o', 'remount,ro', dir),
    makeWritable: () => mount('-o', 'remount,rw', dir),
    remove() {
      execFileSync('umount', ['--lazy', dir], { stdio: 'pipe' });
      remove();
    },
  };
}

function fillBy(file: string, bytes: number): void {
  try {
    for (;;) writeFileSync(file, Buffer.alloc(bytes), { flag: 'a' });
  } catch {
    // no room for this much
  }
}
