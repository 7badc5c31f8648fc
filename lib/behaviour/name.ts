import { BEHAVIOURS } from '#schemas/generated/behaviours';

const BETWEEN_WORDS = /[\s_]+/g;
/** Segment's naming: words with a capital, small words in between. */
const TITLE_CASE =
  /^[A-Z0-9][A-Za-z0-9]*(?: (?:[A-Z0-9][A-Za-z0-9]*|a|an|and|as|at|by|for|from|in|of|on|or|the|to|with))+$/;
const ONE_TITLE_WORD = /^[A-Z](?:[a-z0-9]*|[A-Z0-9]*)$/;

/** What others call a standard behaviour, and names of Segment's specs that are not just ours in Title Case. */
const OTHER_WORDS: ReadonlyMap<string, string> = new Map([
  ['email_link_clicked', 'email_clicked'],
  ['booking_cancelled', 'booking_canceled'],
  ['email_complained', 'email_marked_as_spam'],
  ['email_complaint', 'email_marked_as_spam'],
  ['email_spam_complaint', 'email_marked_as_spam'],
  ['email_spam_reported', 'email_marked_as_spam'],
  ['marked_as_spam', 'email_marked_as_spam'],
  ['spam_complaint', 'email_marked_as_spam'],
  ['spam_report', 'email_marked_as_spam'],
  ['spam_reported', 'email_marked_as_spam'],
]);

const STANDARD: ReadonlyMap<string, string> = new Map([
  ...BEHAVIOURS.map((name) => [name, name] as const),
  ...OTHER_WORDS,
]);

/**
 * The name under which a reported behaviour is stored, and by which a model hears of it. A standard one is known in any case and
 * whatever blanks are around and between its words; another name in Segment's Title Case is stored in snake case; every other
 * name is kept as it is, without blanks around it. The name of a name is itself.
 */
export function behaviourName(reported: string): string {
  const name = reported.trim();
  const snake = name.toLowerCase().replace(BETWEEN_WORDS, '_');
  const standard = STANDARD.get(snake);
  if (standard !== undefined) return standard;
  return TITLE_CASE.test(name) || ONE_TITLE_WORD.test(name) ? snake : name;
}
