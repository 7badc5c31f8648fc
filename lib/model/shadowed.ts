import type { Move } from '#lib/model/cycles';
import type { Demand } from '#lib/model/demand';
import type { Source } from '#lib/model/source';

/** A move, and the keys of its `when`. */
export interface Keyed extends Move {
  readonly keys: readonly string[];
}

/** Reports moves that are never made, because from each of their stages one above them holds whenever they do. */
export function reportShadowed(source: Source, moves: readonly Keyed[]): void {
  for (const move of moves) {
    const above = new Set(move.from.flatMap((stage) => coveredBy(moves, move, stage) ?? []));
    if (shadowedFrom(moves, move).length < move.from.length) continue;
    const named = [...above].map(({ id, index }) => `${id} (line ${source.lineOf(['moves', index])})`).join(' or ');
    const ids = [...above].map(({ id }) => id).join(' and ');
    source.report(
      ['moves', move.index],
      `the move ${move.id} is never made: ${named} holds whenever it does`,
      `put ${move.id} above ${ids}, or take one of them out`,
    );
  }
}

/** The stages from which a move is never made, because one above it holds whenever it does. */
export function shadowedFrom(moves: readonly Keyed[], move: Keyed): readonly string[] {
  return move.from.filter((stage) => coveredBy(moves, move, stage) !== undefined);
}

/** Keys whose bounds are compared below; any other must stand in both to the letter, and is left out of it. */
const COMPARED = ['identified', 'score_at_least', 'score_below', 'grade_at_least', 'grade_below', 'on', 'active'];

function coveredBy(moves: readonly Keyed[], move: Keyed, stage: string): Keyed | undefined {
  return moves.find((earlier) => earlier.index < move.index && earlier.from.includes(stage) && covers(earlier, move));
}

function covers(earlier: Keyed, later: Keyed): boolean {
  const easy = earlier.keys.every((key) => COMPARED.includes(key) && later.keys.includes(key));
  return easy && isWeaker(earlier.demand, later.demand);
}

function isWeaker(a: Demand, b: Demand): boolean {
  const { on } = a;
  const named = on === undefined || (b.on !== undefined && [...b.on].every((name) => on.has(name)));
  const asked = [...a.where.keys()].every((text) => b.where.has(text));
  return named && asked && a.least <= b.least && a.below >= b.below && a.best <= b.best && a.worst >= b.worst;
}
