import type { StageLadder, Subject } from '#lib/model/model';

/** A behaviour that came along from another owner and that a rule asks for: it is heard at the next judgement. */
export interface Told {
  /** Id of the rule. */
  readonly rule: string;
  readonly event_id: string;
  /** When it occurred, ms. */
  readonly at: number;
  readonly detail: string | undefined;
}

const LONGEST = 200;

/** The reason that a behaviour gives, its first 200 characters; undefined: none. */
export function detailOf({ properties }: Subject): string | undefined {
  const reason = Object.hasOwn(properties, 'reason') ? properties.reason : undefined;
  return typeof reason === 'string' && reason !== '' ? reason.slice(0, LONGEST) : undefined;
}

/** With a behaviour that came along, for each rule that asks for it; one a rule, that which occurred last. */
export function withTold(told: readonly Told[], subject: Subject, ladder: StageLadder): readonly Told[] {
  const { name, event_id, occurred_at: at } = subject.activity;
  const asking = ladder.moves.filter(
    ({ id, when }) =>
      when.some((one) => one.kind === 'behaviour' && one.names.has(name) && one.matches(subject)) &&
      !told.some((one) => one.rule === id && one.at > at),
  );
  if (asking.length === 0) return told;
  const others = told.filter((one) => !asking.some(({ id }) => id === one.rule));
  return [...others, ...asking.map(({ id }) => ({ rule: id, event_id, at, detail: detailOf(subject) }))];
}

/** Without a behaviour that went away again. */
export function withoutTold(
  told: readonly Told[],
  { event_id, occurred_at }: { readonly event_id: string; readonly occurred_at: number },
): readonly Told[] {
  const isOf = (one: Told) => one.event_id === event_id && one.at === occurred_at;
  return told.some(isOf) ? told.filter((one) => !isOf(one)) : told;
}
