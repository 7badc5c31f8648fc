import { listAt } from '#lib/model/entries';
import type { Path, Source } from '#lib/model/source';

/** A move from stages to another, and those of them from which it is never made. */
export interface Way {
  readonly id: string;
  readonly index: number;
  readonly from: readonly string[];
  readonly to: string;
  readonly closed: readonly string[];
}

/**
 * Reports stages that no chain of moves leads to from the initial one, and stages named twice. Of the stages that a chain
 * leads to on paper only, because some of its moves are never made, the first is told: what is behind it follows from it.
 */
export function reportUnreachable(
  source: Source,
  initial: string,
  stages: readonly string[],
  ways: readonly Way[],
): void {
  const onPaper = reachedBy(initial, ways, ({ from }) => from);
  const reached = reachedBy(initial, ways, ({ from, closed }) => from.filter((stage) => !closed.includes(stage)));
  const seen = new Set<string>();
  for (const stage of stages) {
    const path = placeOf(source, stage, seen.has(stage));
    if (seen.has(stage)) source.report(path, `the stage ${stage} is there twice`, 'name each stage once');
    else if (!onPaper.has(stage)) {
      source.report(
        path,
        `no move leads to the stage ${stage}`,
        `add a move with \`to: ${stage}\`, or remove the stage`,
      );
    } else if (!reached.has(stage)) {
      const vain = ways.filter(({ from, to }) => to === stage && from.some((one) => reached.has(one)));
      if (vain.length > 0) reportVain(source, path, stage, vain);
    }
    seen.add(stage);
  }
}

function reachedBy(initial: string, ways: readonly Way[], open: (way: Way) => readonly string[]): ReadonlySet<string> {
  const reached = new Set([initial]);
  for (let before = 0; before < reached.size; ) {
    before = reached.size;
    for (const way of ways) if (open(way).some((stage) => reached.has(stage))) reached.add(way.to);
  }
  return reached;
}

function reportVain(source: Source, path: Path, stage: string, vain: readonly Way[]): void {
  const named = vain.map(({ id, index }) => `${id} (line ${source.lineOf(['moves', index])})`).join(', ');
  source.report(
    path,
    `no lead comes to the stage ${stage}: ${named} ${vain.length === 1 ? 'is' : 'are'} never made`,
    'let one of them be made, add another move, or remove the stage',
  );
}

function placeOf(source: Source, stage: string, last: boolean): Path {
  const places = ['ladder', 'beside'].flatMap((key) =>
    listAt(source.data, key).flatMap((name, index) => (name === stage ? [[key, index]] : [])),
  );
  return places.at(last ? -1 : 0) ?? [];
}
