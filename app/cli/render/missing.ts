import type { NextMove, NextStage } from '#app/next-stage/answer';

/** What is missing for the nearest stage up the ladder, a sentence for each move that leads there. */
export function sentencesMissing([nearest]: readonly NextStage[]): string[] {
  return nearest === undefined ? [] : nearest.moves.map((move) => sentenceOf(nearest.stage, move));
}

function sentenceOf(stage: string, { move, conditions }: NextMove): string {
  const texts = (met: boolean) => conditions.filter((one) => one.met === met).map(({ text }) => text);
  const missing = texts(false);
  if (missing.length === 0) return `For ${stage} by ${move} nothing is missing: it is judged with the next activity.`;
  const held = texts(true);
  const already = held.length === 0 ? '' : ` Holds already: ${held.join('; ')}.`;
  return `Missing for ${stage} by ${move}: ${missing.join('; ')}.${already}`;
}
