import type { Logger } from 'pino';
import { systemClock } from '#lib/clock/system';
import { FlowError, messageOf } from '#lib/flow/errors';
import type { Clock } from '#lib/flow/ports';
import type { InputPosition } from '#lib/flow/position';
import type { Restored, TaskObserver } from '#lib/flow/task';
import { heldText } from '#lib/operation/held-text';
import { readTaskName } from '#lib/operation/task-name';

/** Least time between two lines about one restoration, ms. */
const RESTORING_EVERY = 5000;

interface Subject {
  readonly logger: Logger;
  /** Where the task is, as last told. */
  at: readonly InputPosition[];
  restoring: { readonly from: Restored; readonly since: number; told: number } | undefined;
}

/**
 * Writes a line when a task opens, restores (at most every 5 s), is paused, held, fenced, closed or fails, with its service,
 * partition and offset; commits are told at level debug.
 */
export function createLogObserver(logger: Logger, clock: Pick<Clock, 'now'> = systemClock): TaskObserver {
  const subjects = new Map<string, Subject>();

  function of(task: string): Subject {
    const known = subjects.get(task);
    if (known !== undefined) return known;
    const fresh: Subject = { logger: logger.child({ ...readTaskName(task) }), at: [], restoring: undefined };
    subjects.set(task, fresh);
    return fresh;
  }

  /** The last word on a task: another instance may have it next. */
  function ended(task: string): Subject {
    const subject = of(task);
    subjects.delete(task);
    return subject;
  }

  return {
    opening(task) {
      const subject = of(task);
      subject.restoring = undefined;
      subject.logger.debug(offsetsOf(subject.at), 'opening');
    },
    restoring(task, progress) {
      const subject = of(task);
      const now = clock.now();
      const begun = subject.restoring;
      if (begun === undefined) {
        subject.restoring = { from: progress, since: now, told: now };
        subject.logger.info({ ...progress }, 'restoring the store from the log');
      } else if (now - begun.told >= RESTORING_EVERY) {
        begun.told = now;
        subject.logger.info({ ...progress, ...speedOf(begun.from, progress, now - begun.since) }, 'restoring');
      }
    },
    opened(task, { positions, took }) {
      const subject = of(task);
      subject.at = positions;
      subject.logger.info({ ...offsetsOf(positions), took_ms: took }, 'opened');
    },
    committed(task, { records, outputs, rows, positions }) {
      const subject = of(task);
      subject.at = positions;
      if (!logger.isLevelEnabled('debug')) return;
      subject.logger.debug({ ...offsetsOf(positions), records, outputs, rows }, 'committed');
    },
    paused(task, error, retryInMs) {
      const { logger: own, at } = of(task);
      own.warn(
        { ...offsetsOf(at), ...whyOf(error), retry_in_ms: retryInMs },
        'paused: nothing is lost, it tries again',
      );
    },
    held(task, by) {
      const { logger: own, at } = of(task);
      for (const one of by) own.warn(offsetsOf(at), `held: ${heldText(one)}`);
      if (by.length === 0) own.info(offsetsOf(at), 'held no more: it goes on');
    },
    closed(task) {
      const { logger: own, at } = ended(task);
      own.info(offsetsOf(at), 'closed');
    },
    fenced(task) {
      const { logger: own, at } = ended(task);
      own.warn(offsetsOf(at), 'fenced: another instance has taken the task over');
    },
    failed(task, error) {
      const { logger: own, at } = ended(task);
      own.error({ ...offsetsOf(at), ...whyOf(error), err: error }, 'failed: the task cannot go on');
    },
  };
}

/** `offset` of a task with one input; `offsets` by topic/partition of one with several; nothing before it was open. */
function offsetsOf(positions: readonly InputPosition[]): Record<string, unknown> {
  const [first, second] = positions;
  if (first === undefined) return {};
  if (second === undefined) return { offset: first.position.offset };
  return {
    offsets: Object.fromEntries(positions.map((at) => [`${at.topic}/${at.partition}`, at.position.offset])),
  };
}

/** Over the whole restoration so far. */
function speedOf(from: Restored, { done, total }: Restored, ms: number): Record<string, number> {
  const perSecond = ((done - from.done) * 1000) / ms;
  if (perSecond <= 0) return { records_per_s: 0 };
  return { records_per_s: Math.round(perSecond), eta_s: Math.ceil((total - done) / perSecond) };
}

function whyOf(error: unknown): Record<string, unknown> {
  return { code: error instanceof FlowError ? error.code : 'unknown', why: messageOf(error).replace(/\s+/g, ' ') };
}
