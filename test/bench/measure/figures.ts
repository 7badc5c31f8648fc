/** A dash for what could not be measured. */
export function figure(value: number, digits = 0): string {
  return Number.isFinite(value) ? value.toLocaleString('en-US', { maximumFractionDigits: digits }) : '–';
}

/** min / median / max of several runs. */
export function spread(values: readonly number[], digits = 0): string {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  return [at(0), at(0.5), at(1)].map((value) => figure(value, digits)).join(' / ');
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

export function megabytes(bytes: number): number {
  return bytes / 1024 / 1024;
}

export function line(what: string, value: string): void {
  process.stdout.write(`${what.padEnd(58)} ${value}\n`);
}
