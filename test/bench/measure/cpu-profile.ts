import { z } from 'zod';

/** A profile as Node's --cpu-prof writes it. Times in µs. */
const cpuProfile = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({ functionName: z.string(), url: z.string() }),
      children: z.array(z.number()).optional(),
    }),
  ),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
});

/** What a sample was in: a source file, or what the engine calls (garbage collector), (idle), (program). */
export type PlaceOf = (urlOrState: string) => string;

/**
 * Time of one thread by place, ms, the largest first. Functions of Node and of V8 count to the file that called them.
 */
export function timeByPlace(json: string, placeOf: PlaceOf): [place: string, ms: number][] {
  const { nodes, samples, timeDeltas } = cpuProfile.parse(JSON.parse(json));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const places = new Map<number, string>();
  const placeOfNode = (id: number): string => {
    const known = places.get(id);
    if (known !== undefined) return known;
    const { functionName = '', url = '' } = byId.get(id)?.callFrame ?? {};
    const parent = parents.get(id);
    const native = url === '' || url.startsWith('node:');
    const state = /^\((garbage collector|idle|program)\)$/.test(functionName);
    const place = native && !state && parent !== undefined ? placeOfNode(parent) : placeOf(state ? functionName : url);
    places.set(id, place);
    return place;
  };
  const times = new Map<string, number>();
  samples.forEach((id, index) => {
    const place = placeOfNode(id);
    times.set(place, (times.get(place) ?? 0) + (timeDeltas[index] ?? 0) / 1000);
  });
  return [...times].sort(([, a], [, b]) => b - a);
}
