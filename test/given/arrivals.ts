import type { ArrivingLine } from '#test/given/disturbed';
import type { Reported } from '#test/oracle/reported';
import { readLine } from '#test/oracle/segment';
import type { Arrival } from '#test/oracle/simulate';

const DAY = 86_400_000;
/** Of publishers that give no key. */
const SOURCE = 'default';

/** Lines as the oracle reads them, in the order of receipt; live ones that come over a day late are historic. */
export function arrivalsOf(lines: readonly ArrivingLine[]): readonly Arrival[] {
  return lines.flatMap(({ text, arrived }) => {
    const event = readLine(text, arrived, SOURCE);
    return event === undefined ? [] : [{ event, arrived, historic: arrived - event.at > DAY }];
  });
}

/** The same as an import takes them: sorted by time, each received when it occurred, all of them historic. */
export function importedArrivals(lines: readonly ArrivingLine[]): readonly Arrival[] {
  const sorted = arrivalsOf(lines).toSorted((a, b) => a.event.at - b.event.at);
  return sorted.map(({ event }) => ({ event, arrived: event.at, historic: true }));
}

/** What was reported, by the one who reports it, each once. */
export function reportedIn(arrivals: readonly Arrival[]): readonly Reported[] {
  return arrivals.map(({ event }) => event);
}

/** Which of two sides' names stand for one another: from the first to the second. Throws if one stands for two. */
export function pairedBy(
  one: ReadonlyMap<string, string>,
  other: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  const back = new Map<string, string>();
  for (const [event, name] of one) {
    const counterpart = other.get(event);
    if (counterpart === undefined) throw new Error(`${event} has an owner on one side only`);
    const known = pairs.get(name) ?? counterpart;
    if (known !== counterpart || (back.get(counterpart) ?? name) !== name) {
      throw new Error(`${event} is ${name}'s here and ${counterpart}'s there, others of them are not`);
    }
    pairs.set(name, counterpart);
    back.set(counterpart, name);
  }
  return pairs;
}
