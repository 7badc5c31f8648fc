import { listAt } from '#lib/model/entries';
import type { StageRule } from '#lib/model/model';
import type { Path, Source } from '#lib/model/source';

/** Reports stages that no chain of moves leads to from the initial one, and stages named twice. */
export function reportUnreachable(
  source: Source,
  initial: string,
  stages: readonly string[],
  moves: readonly StageRule[],
): void {
  const reached = new Set([initial]);
  for (let before = 0; before < reached.size; ) {
    before = reached.size;
    for (const { from, to } of moves) if ([...from].some((stage) => reached.has(stage))) reached.add(to);
  }
  const seen = new Set<string>();
  for (const stage of stages) {
    const path = placeOf(source, stage, seen.has(stage));
    if (seen.has(stage)) source.report(path, `the stage ${stage} is there twice`, 'name each stage once');
    else if (!reached.has(stage)) {
      source.report(
        path,
        `no move leads to the stage ${stage}`,
        `add a move with \`to: ${stage}\`, or remove the stage`,
      );
    }
    seen.add(stage);
  }
}

function placeOf(source: Source, stage: string, last: boolean): Path {
  const places = ['ladder', 'beside'].flatMap((key) =>
    listAt(source.data, key).flatMap((name, index) => (name === stage ? [[key, index]] : [])),
  );
  return places.at(last ? -1 : 0) ?? [];
}
