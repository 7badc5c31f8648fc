import { z } from 'zod';
import { readSeen, type Seen } from '#app/model-notes/seen';
import type { Query } from '#app/next-stage/facts';
import type { ClickHouse } from '#lib/clickhouse/client';
import { messageOf } from '#lib/flow/errors';
import { type Awaited, awaitedBy } from '#lib/model/listening';
import type { Model, ModelFiles } from '#lib/model/model';
import { nearest, tolerance } from '#lib/model/spelling';

/** What is worth knowing of a model beside the data that it is to govern, and no fault: one plain line each. */
export async function readNotes(
  query: Query,
  files: ModelFiles,
  model: Model,
  inForce: Model | undefined,
): Promise<readonly string[]> {
  const awaited = awaitedBy(files);
  const [seen, stages] = await Promise.all([
    readSeen(query, awaited),
    query(STAGES, {}).then((rows) => held.parse(rows)),
  ]);
  return [...endedPrograms(model, inForce), ...orphaned(model, stages), ...unheard(awaited, seen)];
}

/** Reads notes from an installation's tables; an outage of them is a note, too. `inForce`: the model that governs now. */
export function notesBeside(tables: Pick<ClickHouse, 'rows'>, inForce: () => Model | undefined) {
  return (files: ModelFiles, model: Model): Promise<readonly string[]> =>
    readNotes((sql, params) => tables.rows(sql, params), files, model, inForce()).catch((thrown) => [
      `what was sent so far cannot be told: ${messageOf(thrown)}`,
    ]);
}

const STAGES = 'SELECT toString(stage) AS stage, toUInt32(count()) AS leads FROM leads GROUP BY stage ORDER BY stage';

const held = z.array(z.object({ stage: z.string(), leads: z.coerce.number() }));

function endedPrograms(model: Model, inForce: Model | undefined): string[] {
  return (inForce?.programs ?? [])
    .filter(({ id }) => !model.programs.some((one) => one.id === id))
    .map(({ id }) => `programs/${id}.yaml is no longer there: whoever is in the program leaves it`);
}

/** Stages that leads are in and the model does not have: only a move from there could lead them on. */
function orphaned({ stages }: Model, held: readonly { readonly stage: string; readonly leads: number }[]): string[] {
  const known = new Set([...stages.ladder, ...stages.beside]);
  return held
    .filter(({ stage }) => !known.has(stage))
    .map(({ stage, leads }) => {
      const many = leads === 1 ? '1 lead is' : `${leads} leads are`;
      return `stages.yaml has no stage ${stage}, and ${many} in it: no move leads on from there`;
    });
}

/** Nothing is told while nothing came: of an empty folder nobody can say what will be sent. */
function unheard(awaited: readonly Awaited[], seen: Seen): string[] {
  if (seen.behaviours.size === 0) return [];
  return [...new Set(awaited.flatMap((one) => unheardOf(one, seen)))];
}

function unheardOf(one: Awaited, seen: Seen): string[] {
  const place = `${one.file}:${one.line}`;
  switch (one.kind) {
    case 'behaviour':
      if (seen.behaviours.has(one.name)) return [];
      return [`${place} nobody ever sent the behaviour ${one.name}${meant(one.name, seen.behaviours)}`];
    case 'property':
      if (!seen.behaviours.has(one.behaviour) || seen.bore(one.behaviour, one.name)) return [];
      return [`${place} no ${one.behaviour} ever had the property ${one.name}`];
    case 'trait':
      if (seen.traits.size === 0 || seen.traits.has(one.name)) return [];
      return [`${place} nobody ever sent the trait ${one.name}${meant(one.name, seen.traits)}`];
  }
}

function meant(name: string, known: ReadonlySet<string>): string {
  const other = nearest(name, known, tolerance(name));
  return other === undefined ? '' : `; did you mean ${other}?`;
}
