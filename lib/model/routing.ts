import { z } from 'zod';
import { readEntries } from '#lib/model/entries';
import { identifier, mailAddress, stageIn } from '#lib/model/fields';
import { read } from '#lib/model/issues';
import type { Routing } from '#lib/model/model';
import type { Source } from '#lib/model/source';
import type { KnownStages } from '#lib/model/stages';

export const repSchema = z.strictObject({
  id: identifier,
  name: z.string().min(1),
  email: mailAddress,
});

export const routingSchema = (stages: ReadonlySet<string>) =>
  z.strictObject({
    on_stage: stageIn(stages),
    reason: z.string().min(1),
    method: z.enum(['round_robin']),
    reps: z.array(z.unknown()).min(1),
  });

const EXAMPLES = {
  on_stage: 'on_stage: mql',
  reason: 'reason: became an MQL',
  reps: 'reps: [{ id: ada, name: Ada Berg, email: ada@example.com }]',
  id: 'id: ada',
  name: 'name: Ada Berg',
  email: 'email: ada@example.com',
};

/** routing.yaml: when a lead goes to sales, and to whom. */
export function readRouting(source: Source, stages: KnownStages): Routing | undefined {
  const file = read(source, [], source.data, routingSchema(stages.names), EXAMPLES);
  const reps = readEntries(source, 'reps', repSchema, EXAMPLES);
  if (file === undefined) return undefined;
  if (file.on_stage === stages.ofVisitors) {
    const problem = `${file.on_stage} is the stage of visitors, and nobody knows who they are`;
    source.report(['on_stage'], problem, 'name a stage that leads enter, like `on_stage: mql`');
  }
  return { onStage: file.on_stage, reason: file.reason, reps: reps.map(({ value }) => value) };
}
