import { z } from 'zod';
import type { Query } from '#app/next-stage/facts';
import type { Awaited } from '#lib/model/listening';

/** What publishers have sent so far, as far as it was asked about. */
export interface Seen {
  readonly behaviours: ReadonlySet<string>;
  readonly traits: ReadonlySet<string>;
  /** Whether any activity with this name bore the property. */
  readonly bore: (behaviour: string, property: string) => boolean;
}

const named = z.array(z.object({ name: z.string() }));
const borne = z.array(z.object({ behaviour: z.string(), property: z.string() }));

/** Asks the tables what of this was ever sent. */
export async function readSeen(query: Query, awaited: readonly Awaited[]): Promise<Seen> {
  const pairs = awaited.flatMap((one) => (one.kind === 'property' ? [one] : []));
  const [behaviours, traits, properties] = await Promise.all([
    query('SELECT DISTINCT name FROM activity_counters', {}).then((rows) => named.parse(rows)),
    query('SELECT DISTINCT trait AS name FROM trait_counters', {}).then((rows) => named.parse(rows)),
    pairs.length === 0 ? [] : query(BORNE, paramsOf(pairs)).then((rows) => borne.parse(rows)),
  ]);
  const seen = new Set(properties.map(({ behaviour, property }) => keyOf(behaviour, property)));
  return {
    behaviours: new Set(behaviours.map(({ name }) => name)),
    traits: new Set(traits.map(({ name }) => name)),
    bore: (behaviour, property) => seen.has(keyOf(behaviour, property)),
  };
}

const BORNE = `SELECT DISTINCT name AS behaviour, arrayJoin(arrayIntersect(JSONExtractKeys(properties),
  {properties:Array(String)})) AS property FROM activities WHERE name IN {behaviours:Array(String)}`;

function paramsOf(pairs: readonly { readonly behaviour: string; readonly name: string }[]): Record<string, unknown> {
  return {
    behaviours: [...new Set(pairs.map(({ behaviour }) => behaviour))],
    properties: [...new Set(pairs.map(({ name }) => name))],
  };
}

function keyOf(behaviour: string, property: string): string {
  return JSON.stringify([behaviour, property]);
}
