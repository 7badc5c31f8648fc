const UNITS: { readonly [unit: string]: number } = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** `30d`, `24h`, `90m`, `1.5h` in ms; undefined if it is not a length of time. Never negative. */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)\s?([smhdw])$/.exec(text) ?? [];
  const factor = UNITS[unit];
  return amount === undefined || factor === undefined ? undefined : Math.round(Number(amount) * factor);
}

/** ms in the largest unit that leaves no fraction: 604800000 is `7d`. */
export function formatDuration(ms: number): string {
  for (const unit of ['d', 'h', 'm']) {
    const factor = UNITS[unit] ?? 1;
    if (ms % factor === 0) return `${ms / factor}${unit}`;
  }
  return `${ms / 1_000}s`;
}
