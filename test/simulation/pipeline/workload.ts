import fc from 'fast-check';
import type { Random } from '#app/generator/random';
import { keyOf, nameOf, SHAPES } from '#app/verify/expected';
import type { TableRow } from '#lib/clickhouse/row';
import { sha256 } from '#lib/hash/sha256';
import { createCompiler } from '#lib/model/compile';
import { readModel } from '#lib/model/files';
import { type ActivityMessage, type EventMessage, TOPICS } from '#schemas/topics';
import { createPipeline } from '#services/pipeline';
import { histories } from '#test/given/history';
import { submitted } from '#test/given/identify';
import { inOwnTime } from '#test/given/own-time';
import { checkDecider, checkOrderedDecider } from '#test/simulation/check/decider';
import { checkFolds } from '#test/simulation/check/fold';
import { checkRows } from '#test/simulation/check/rows';
import type { Versioned } from '#test/simulation/database';
import { type Chain, createHosting } from '#test/simulation/hosting';
import { CALM_AT } from '#test/simulation/times';
import type { DrawWorkload, Publication } from '#test/simulation/workload';

/** Short histories, so that hundreds of seeds are affordable. */
const LONGEST = 12;
/** Columns of a row's version are numbers below this. */
const RADIX = 1e6;
/** Of the inputs of identify, the second: lead.joins. */
const ANSWERS = 1;

/** All services behind collect with the shipped model, on short histories that bring their own time. */
export async function createPipelineWorkloads(): Promise<DrawWorkload> {
  const files = await readModel('model');
  const { identify, folds, handoff, analyze } = createPipeline({
    hash: sha256,
    compile: createCompiler(),
    partitions: 1,
    tickEvery: 1000,
  });
  const model = submitted(files);
  const partitions = Object.fromEntries(Object.values(TOPICS).map((topic) => [topic, 1]));
  const [score, ...others] = folds;
  /** What was published before its import began, or while that was sent again, is live: of the time at which it was logged. */
  const identifyCause = (message: unknown) => {
    const { type, value } = message as ActivityMessage;
    const now = value.logged_at;
    if (type === 'JoinAnswered') return { partition: ANSWERS, offset: value.answer_offset, now };
    return { partition: 0, offset: 'input_offset' in value ? value.input_offset : undefined, now };
  };

  return (random) => {
    const chains: readonly Chain[] = random.chance(0.5) ? [folds] : [[score], ...others.map((one): Chain => [one])];
    const hosting = createHosting(random, partitions);
    const linger = random.pick([0, 200]);
    return {
      partitions,
      tasks: [
        hosting.decider(identify, undefined),
        ...chains.flatMap((chain) => hosting.folds(chain, 0)),
        hosting.decider(handoff, undefined),
        ...analyze.flatMap((sink) => hosting.folds([sink], linger)),
      ],
      publications: drawPublications(random, model),
      describeRow,
      check: (evidence) => [
        ...checkDecider(evidence, identify, identifyCause),
        ...checkOrderedDecider(evidence, handoff),
        ...chains.flatMap((chain) => checkFolds(evidence, chain)),
        ...analyze.flatMap((sink) => checkFolds(evidence, [sink])),
        ...checkRows(evidence, analyze, describeRow),
      ],
    };
  };
}

function describeRow(written: unknown): Versioned {
  const { table, row } = written as TableRow;
  const shape = SHAPES[table];
  if (shape === undefined) throw new Error(`there is no table ${table}`);
  const version = shape.version.reduce((high, column) => high * RADIX + Number(row[column]), 0);
  return { key: nameOf(table, keyOf(shape, row)), version };
}

/** A history, published in order; its beginning and the model come first. */
function drawPublications(random: Random, model: EventMessage): Publication[] {
  const seed = random.whole(0, 2 ** 31 - 1);
  const [events = []] = fc.sample(histories(random.chance(0.3), LONGEST, true), { seed, numRuns: 1 });
  const times = Array.from(events, () => random.whole(1, CALM_AT / 2)).sort((a, b) => a - b);
  const [begun, ...messages] = inOwnTime([model, ...events]);
  return messages.map((message, n) => ({
    at: times[n - 1] ?? 0,
    records: (n === 0 ? [begun, message] : [message]).map((value) => ({
      topic: TOPICS.events,
      partition: 0,
      key: null,
      value,
    })),
  }));
}
