/** What a publisher reported, as far as anything depends on it. Times are ms since 1970 UTC. */
export interface Reported {
  /** The name of the publisher. With `id` it names the event. */
  readonly source: string;
  readonly id: string;
  /** Behaviour in snake case. */
  readonly name: string;
  /** When it occurred. */
  readonly at: number;
  /** As reported: ids that name nobody and addresses in any form. */
  readonly user: string | null;
  readonly email: string | null;
  readonly device: string | null;
  /** One more id of the person, of `aliased` and `unmerged`. */
  readonly previous: string | null;
  readonly traits: Fields;
  readonly properties: Fields;
  readonly path: string | null;
  readonly campaignSource: string | null;
  readonly campaignMedium: string | null;
  readonly campaignName: string | null;
  readonly agent: string | null;
}

export type Fields = Readonly<Record<string, unknown>>;

/** Names an event among those of all publishers. */
export function nameOf({ source, id }: Pick<Reported, 'source' | 'id'>): string {
  return `${source} / ${id}`;
}

/** The one order of what occurred: time, event id, source. */
export function inOrder(a: Reported, b: Reported): number {
  return a.at - b.at || byText(a.id, b.id) || byText(a.source, b.source);
}

export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Crawlers and scanners, as far as tests know any. Image proxies and mere HTTP programs are none. */
const BOTS = /bot\b|crawler|spider|headless/i;

/** Whether an event counts for nothing under `exclude: { bots: true }`. */
export function isExcluded({ agent }: Reported): boolean {
  return agent !== null && BOTS.test(agent);
}
