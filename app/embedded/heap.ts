import { setFlagsFromString } from 'node:v8';

/**
 * Lets the heap grow to at most twice of what is alive before it is collected. V8 alone lets that of a busy process grow
 * further, and what it has taken stays taken.
 */
export function boundHeap(): void {
  setFlagsFromString('--heap-growing-percent=100');
}
