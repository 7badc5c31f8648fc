const STEP_BITS = 11;
const STEPS = 2 ** STEP_BITS;
/** 2^−1075 is 0. */
const MOST = 1075;
const WHOLE = Float64Array.from({ length: MOST + 1 }, (_, power) => 2 ** -power);
const FRACTION = Float64Array.from({ length: STEPS }, (_, step) => 2 ** (-step / STEPS));

/**
 * What is left of one point after an age, 2^(−age / halfLife); both in ms, an infinite half-life keeps all. Within 2⁻⁵¹ of
 * the language's power, and exact at whole half-lives, in a third of the time: a power of two, a table for steps of 1/2048,
 * and the exponential's series for what remains, at most 4e-4. Method: P. T. P. Tang, "Table-driven implementation of the
 * exponential function in IEEE floating-point arithmetic", ACM TOMS 15 (1989).
 */
export function decay(age: number, halfLife: number): number {
  const lives = age / halfLife;
  if (!(lives >= 0 && lives < MOST)) return 2 ** -lives;
  const steps = Math.floor(lives * STEPS);
  const rest = (steps / STEPS - lives) * Math.LN2;
  const series = 1 + rest * (1 + rest * (1 / 2 + rest * (1 / 6 + rest / 24)));
  return (WHOLE[steps >>> STEP_BITS] ?? 0) * (FRACTION[steps & (STEPS - 1)] ?? 0) * series;
}
