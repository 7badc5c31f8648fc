import { describe, expect, expectTypeOf, it } from 'vitest';
import { subjectsOf } from '#lib/log/kafka/registry/subjects';
import type {
  ActivityMessage,
  DeadLetterMessage,
  EventMessage,
  HandoffMessage,
  JoinMessage,
  ScoreMessage,
  StageMessage,
  TOPIC_SCHEMAS,
  TriggerMessage,
} from '#schemas/topics';

describe('subjects', () => {
  it('are one for each record of each topic, by its full name, with the prefix of the topic', () => {
    const names = subjectsOf('eu.').map(({ name }) => name);

    expect(names).toContain('eu.lead.events-leadstream.LeadEvent');
    expect(names).toContain('eu.lead.activity-leadstream.Tick');
    expect(names).toContain('eu.lead.scores-leadstream.Tick');
    expect(new Set(names).size).toBe(names.length);
  });

  it('cover every message that a topic carries', () => {
    type Listed = { [Topic in keyof typeof TOPIC_SCHEMAS]: (typeof TOPIC_SCHEMAS)[Topic][number] };

    expectTypeOf<Listed>().toEqualTypeOf<{
      readonly 'lead.events': EventMessage['type'];
      readonly 'lead.activity': ActivityMessage['type'];
      readonly 'lead.scores': ScoreMessage['type'];
      readonly 'lead.stages': StageMessage['type'];
      readonly 'lead.triggers': TriggerMessage['type'];
      readonly 'lead.joins': JoinMessage['type'];
      readonly 'lead.handoffs': HandoffMessage['type'];
      readonly 'lead.dead-letters': DeadLetterMessage['type'];
    }>();
  });
});
