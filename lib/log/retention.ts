import { TOPICS } from '#schemas/topics';

export const DAY = 86_400_000;

/** How long lead.events and dead letters are kept unless told otherwise, days: they hold plain personal data. */
export const DEFAULT_RETENTION_DAYS = 30;

/** Whether a topic is kept for ever: what was decided can be read, and every store rebuilt, from it. */
export function isKept(topic: string): boolean {
  return topic !== TOPICS.events && topic !== TOPICS.deadLetters;
}
