import { CommandFailed } from '#app/cli/failure';
import type { Answering } from '#app/cli/ports';
import { answerExplain } from '#app/embedded/answer-explain';
import { answerSql } from '#app/embedded/answer-sql';
import { newestDeadLetters, retryDeadLetters } from '#app/embedded/dead-letters';
import type { Explainer } from '#app/embedded/explainer';
import { applyModel } from '#app/embedded/model';
import { readFunnel } from '#app/funnel/funnel';
import type { Instance } from '#app/kafka/instance';
import { verifyInstallation } from '#app/kafka/verify';
import { notesBeside } from '#app/model-notes/notes';
import { createTurns } from '#lib/clickhouse/turns';
import { systemClock } from '#lib/clock/system';
import { sha256 } from '#lib/hash/sha256';
import type { Sources } from '#services/collect/source';

/**
 * What an instance answers to commands on its data folder: it needs the dashboard's parts for most of them. `sources` are asked for
 * when dead letters are sent again.
 */
export function answering(instance: Instance, explainer: Explainer | undefined, sources: () => Sources): Answering {
  const { log, compile, failed, pipeline } = instance;
  const verifications = createTurns();
  const analysts = () => needed(instance.clickhouse, 'analyze or the dashboard');
  const explaining = () => needed(explainer, 'the dashboard');
  return {
    sql: async (query, format, answer) => answerSql(analysts(), query, format, answer),
    explain: async (question) => answerExplain(explaining(), instance.clickhouse, question),
    funnel: async () => readFunnel(analysts()),
    verify: (signal, onProgress) =>
      verifications.run(() =>
        verifyInstallation({ log, pipeline, compile, clickhouse: instance.clickhouse }, signal, onProgress),
      ),
    async applyModel(files) {
      const { identify } = needed(instance.asked, 'the dashboard');
      const { clickhouse } = instance;
      const inForce = () => explainer?.models.current(explainer.inForce());
      const notes = clickhouse === undefined ? {} : { notesOn: notesBeside(clickhouse, inForce) };
      return applyModel({ log, compile, identify, failed, ...notes }, files);
    },
    deadLetters: (limit) => newestDeadLetters(log, limit),
    retryDeadLetters: async (which) =>
      retryDeadLetters(log, which, { clock: systemClock, hash: sha256, sources: sources() }),
  };
}

function needed<Value>(value: Value | undefined, what: string): Value {
  if (value !== undefined) return value;
  throw new CommandFailed(`this instance runs without ${what}; ask one that runs it, by its --data folder`);
}
