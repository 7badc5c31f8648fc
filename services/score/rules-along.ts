import type { ScoringRule } from '#lib/model/model';
import { type ModelOf, rulesOf } from '#services/score/counted';
import type { Difference } from '#services/score/difference';
import type { Match } from '#services/score/state';

/** The rules of matches, place by place; undefined for answers. */
export type Rules = readonly (ScoringRule | undefined)[];

/** Rules by long lists of matches: a list that adds to the end of another, or leaves some out, takes over its rules. */
export type KnownRules = WeakMap<readonly Match[], (ScoringRule | undefined)[]>;

/** Lists of so many matches keep their rules at hand: those of shorter ones are looked up sooner than found again. */
const LONG = 500;

/** The rules of all matches of a difference. */
export function rulesAlong({ before, all }: Difference, modelOf: ModelOf, known: KnownRules): Rules {
  const ruleAt = rulesOf(modelOf);
  const ruleOf = (match: Match) => (match.role === 'answer' ? undefined : ruleAt(match));
  if (all.length < LONG) return all.map(ruleOf);
  const own = known.get(all);
  if (own?.length === all.length) return own;
  const earlier = known.get(before);
  const continues = earlier?.length === before.length && all[before.length - 1] === before.at(-1);
  const rules = continues ? earlier : all.map(ruleOf);
  for (const match of all.slice(rules.length)) rules.push(ruleOf(match));
  known.set(all, rules);
  return rules;
}

/** The list after a difference takes over the rules of all but what is gone. */
export function takeOver({ all, after, gone }: Difference, rules: Rules, known: KnownRules): void {
  if (gone.length === 0 || all.length < LONG) return;
  const stays = (match: Match | undefined) => match !== undefined && !gone.includes(match);
  known.set(
    after,
    rules.filter((_, place) => stays(all[place])),
  );
}
