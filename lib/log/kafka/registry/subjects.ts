import { TOPIC_SCHEMAS } from '#schemas/topics';

/** A record of a topic, and the name under which a registry keeps the versions of its schema. */
export interface Subject {
  readonly name: string;
  readonly type: string;
}

/**
 * A subject for each record that each topic carries: `<topic>-<record's full name>`, so that records of several types share
 * a topic, and each of them changes on its own. Confluent calls that TopicRecordNameStrategy.
 * https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#subject-name-strategy
 */
export function subjectsOf(
  prefix: string,
  topics: { readonly [topic: string]: readonly string[] } = TOPIC_SCHEMAS,
): readonly Subject[] {
  return Object.entries(topics).flatMap(([topic, types]) =>
    types.map((type) => ({ name: `${prefix}${topic}-leadstream.${type}`, type })),
  );
}
