import type { Move } from '#lib/model/cycles';
import type { Demand } from '#lib/model/demand';
import type { Path, Source } from '#lib/model/source';

/** A move, and the keys of its `when`. */
export interface Keyed extends Move {
  readonly keys: readonly string[];
}

/** Reports moves that are never made, because one above them holds whenever they do. */
export function reportShadowed(source: Source, moves: readonly Keyed[]): void {
  moves.forEach((move, place) => {
    const above = moves.slice(0, place).find((earlier) => covers(earlier, move));
    if (above === undefined) return;
    const path: Path = ['moves', move.index];
    const problem = `the move ${move.id} is never made: ${above.id} (line ${source.lineOf(['moves', above.index])}) holds whenever it does`;
    source.report(path, problem, `put ${move.id} above ${above.id}, or take one of them out`);
  });
}

/** Keys whose bounds are compared below; any other must stand in both to the letter, and is left out of it. */
const COMPARED = ['identified', 'score_at_least', 'score_below', 'grade_at_least', 'grade_below', 'on', 'active'];

function covers(earlier: Keyed, later: Keyed): boolean {
  if (!later.from.every((stage) => earlier.from.includes(stage))) return false;
  const easy = earlier.keys.every((key) => COMPARED.includes(key) && later.keys.includes(key));
  return easy && isWeaker(earlier.demand, later.demand);
}

function isWeaker(a: Demand, b: Demand): boolean {
  const { on } = a;
  const named = on === undefined || (b.on !== undefined && [...b.on].every((name) => on.has(name)));
  const asked = [...a.where].every((text) => b.where.has(text));
  return named && asked && a.least <= b.least && a.below >= b.below && a.best <= b.best && a.worst >= b.worst;
}
