import type { OpenEmbedded, Opened } from '#app/cli/ports';
import { answerExplain } from '#app/embedded/answer-explain';
import { answerSql } from '#app/embedded/answer-sql';
import { type AtRest, openAtRest } from '#app/embedded/at-rest';
import { newestDeadLetters } from '#app/embedded/dead-letters';
import { refuseOnKafka } from '#app/folder/log-place';
import { readFunnel } from '#app/funnel/funnel';
import { openIdentityHash } from '#app/identity-key/identity-key';
import { withResolvers } from '#lib/flow/resolvers';

/**
 * Opens a data folder to answer from it. Where all is worked off only that is opened which an answer needs; else, and for what
 * changes the folder, everything is started.
 */
export const openToAnswer: OpenEmbedded = async (options) => {
  const { dir } = options;
  const start = async () => (await import('#app/embedded/open')).openEmbedded(options);
  await refuseOnKafka(dir);
  const resting = await openAtRest(dir, openIdentityHash());
  return resting === undefined ? start() : answeringAtRest(resting, start);
};

/** `start`: opens the same folder with everything at work, as soon as nobody is answered from what lies there any more. */
function answeringAtRest(resting: AtRest, start: () => Promise<Opened>): Opened {
  const underWay = new Set<Promise<unknown>>();
  let started: Promise<Opened> | undefined;

  const wake = (): Promise<Opened> => {
    started ??= Promise.allSettled(underWay).then(resting.close).then(start);
    return started;
  };

  function during<Value>(answering: Promise<Value>): Promise<Value> {
    const ended = answering.finally(() => underWay.delete(ended));
    underWay.add(ended);
    return ended;
  }

  /** Answers from what lies there (undefined: that is not as it should be), else once everything is put right. */
  async function answer<Value>(
    atRest: () => Promise<{ readonly is: Value } | undefined>,
    atWork: (opened: Opened) => Promise<Value>,
  ): Promise<Value> {
    const answered = started === undefined ? await during(atRest()) : undefined;
    return answered === undefined ? atWork(await wake()) : answered.is;
  }

  return {
    sql: (query, format, to) =>
      answer(
        async () => {
          const tables = await resting.clickhouse();
          if (tables === undefined) return undefined;
          return { is: await answerSql(tables, query, format, to) };
        },
        (opened) => opened.sql(query, format, to),
      ),
    explain: (question) =>
      answer(
        async () => {
          // What was published stands in the log alone.
          const needsTables = !question.asPublished;
          const [explainer, tables] = await Promise.all([
            resting.explainer(),
            needsTables ? resting.clickhouse() : undefined,
          ]);
          if (explainer === undefined || (needsTables && tables === undefined)) return undefined;
          return { is: await answerExplain(explainer, tables, question) };
        },
        (opened) => opened.explain(question),
      ),
    funnel: () =>
      answer(
        async () => {
          const tables = await resting.clickhouse();
          return tables && { is: await readFunnel(tables) };
        },
        (opened) => opened.funnel(),
      ),
    async *deadLetters(limit) {
      if (started !== undefined) {
        yield* (await started).deadLetters(limit);
        return;
      }
      const { promise, resolve } = withResolvers();
      void during(promise);
      try {
        yield* newestDeadLetters(resting.log, limit);
      } finally {
        resolve();
      }
    },
    verify: async (...args) => (await wake()).verify(...args),
    applyModel: async (...args) => (await wake()).applyModel(...args),
    retryDeadLetters: async (...args) => (await wake()).retryDeadLetters(...args),
    importLines: async (...args) => (await wake()).importLines(...args),
    serve: async (...args) => (await wake()).serve(...args),
    close: async () => (started === undefined ? resting.close() : (await started).close()),
  };
}
