import { both, conflictIn, type Demand } from '#lib/model/demand';
import type { StageLadder } from '#lib/model/model';
import type { Source } from '#lib/model/source';
import { createWitnesses, type Witness } from '#lib/model/witness';

/** A move of stages.yaml, and what it asks for. */
export interface Move {
  readonly id: string;
  readonly index: number;
  readonly from: readonly string[];
  readonly to: string;
  readonly demand: Demand;
}

/** Paths looked at; ladders of people have fewer by far. */
const MOST = 50_000;

/**
 * Reports moves that lead around in a circle at one moment, while nothing changes about the lead: it would be moved to and fro.
 * What is reported can happen: moves with different conditions on a behaviour are told only with an event for which all of
 * them hold. One that is not found leaves a circle untold; each of its moves is then made once at most per event.
 */
export function reportCycles(source: Source, moves: readonly Move[], isOwn: StageLadder['isOwn']): void {
  const told = new Set<string>();
  const witnessOf = createWitnesses();
  const seenBy = ({ where, on }: Demand) =>
    where.size < 2 ? undefined : witnessOf([...where.values()], [...(on ?? [])]);
  let looked = 0;
  const follow = (start: string, path: readonly Move[], at: string, demand: Demand | undefined): void => {
    for (const move of moves) {
      if (!move.from.includes(at) || path.includes(move) || move.demand.stayed || ++looked > MOST) continue;
      const asked = demand === undefined ? move.demand : both(demand, move.demand);
      if (conflictIn(asked, isOwn) !== undefined) continue;
      const witness = seenBy(asked);
      if (asked.where.size > 1 && witness === undefined) continue;
      if (move.to !== start) {
        if (!path.some(({ to }) => to === move.to)) follow(start, [...path, move], move.to, asked);
        continue;
      }
      const circle = [...path, move].sort((a, b) => a.index - b.index);
      const key = circle.map(({ index }) => index).join();
      if (circle.length > 1 && !told.has(key)) report(source, circle, witness);
      told.add(key);
    }
  };
  for (const start of new Set(moves.flatMap(({ from }) => from))) follow(start, [], start, undefined);
}

function report(source: Source, circle: readonly Move[], witness: Witness | undefined): void {
  const last = circle.at(-1);
  if (last === undefined) return;
  const named = circle.map(({ id, index }) => `${id} (line ${source.lineOf(['moves', index])})`);
  const moment = witness === undefined ? 'at one moment' : `at one ${witness.told}`;
  const problem = `the moves ${named.join(', ')} can hold ${moment}: a lead would be moved to and fro`;
  source.report(['moves', last.index], problem, remedyFor(circle));
}

function remedyFor(circle: readonly Move[]): string {
  const rising = circle.find(({ demand }) => Number.isFinite(demand.least));
  const falling = circle.find(({ demand }) => Number.isFinite(demand.below));
  if (circle.length === 2 && rising !== undefined && falling !== undefined && rising !== falling) {
    return `write \`score_below: ${rising.demand.least}\` or less in ${falling.id}`;
  }
  return 'let one of them ask for what another rules out, like a score, or for `stayed_for: 1d`';
}
