import { expect, test } from 'vitest';
import { drive } from '#lib/flow/drive';
import { type DeadLetterMessage, type HandoffMessage, TOPICS, type TriggerMessage } from '#schemas/topics';
import { compileStages } from '#services/analyze/given';
import { createAnalyzeTopologies } from '#services/analyze/topology';
import { NOBODY, NOON } from '#test/given/activity';

const personal = NOBODY;

function rows(topic: string, message: TriggerMessage | HandoffMessage | DeadLetterMessage): readonly unknown[] {
  const running = drive(createAnalyzeTopologies({ hash: (text) => text, compile: compileStages }), () => 1);
  running.publish(topic, message, NOON);
  return running.rows();
}

test('a trigger is a row; one that is sent has no reason for suppression', () => {
  const value = {
    trigger_id: 't1',
    seq: 5,
    step_no: 1,
    logged_at: NOON,
    lead_id: 'ada',
    program: 'papers',
    model_version: 'm1',
    step: 'case_study',
    channel: 'mail',
    template: 'case.html',
    at: NOON,
    cause_id: 'e1',
    suppressed_by: null,
    personal,
    due_at: null,
  };
  expect(rows(TOPICS.triggers, { type: 'Trigger', value })).toMatchObject([
    { table: 'triggers_rows', row: { trigger_id: 't1', step: 'case_study', seq: 5, step_no: 1, suppressed_by: '' } },
  ]);
});

test('a handoff is a row', () => {
  const value = {
    handoff_id: 'h1',
    handoff_seq: 3,
    logged_at: NOON,
    lead_id: 'ada',
    rep: 'kim',
    reason: 'ready',
    at: NOON,
    cause_id: 'e1',
    score: 51,
    input_partition: 0,
    input_offset: 4,
    suppressed_by: 'historic',
    story: { activities: [], contributions: [] },
    personal,
  };
  expect(rows(TOPICS.handoffs, { type: 'Handoff', value })).toMatchObject([
    { table: 'handoffs_rows', row: { handoff_id: 'h1', rep: 'kim', handoff_seq: 3, suppressed_by: 'historic' } },
  ]);
});

test('a change of the model among the handoffs is no row', () => {
  const value = {
    seq: 1,
    logged_at: NOON,
    model_version: 'm2',
    files: {},
    input_offset: 0,
    own_time: false,
    identity_key: null,
  };
  expect(rows(TOPICS.handoffs, { type: 'ModelApplied', value })).toEqual([]);
});

test('a dead letter is a row with its bytes in Base64', () => {
  const value = {
    dead_letter_id: 'd1',
    at: NOON,
    reason: 'invalid_utf8',
    detail: 'not text',
    origin: 'http /v1/track',
    publisher: '',
    event_id: null,
    original: new Uint8Array([255, 0, 254]),
  };
  expect(rows(TOPICS.deadLetters, { type: 'DeadLetter', value })).toMatchObject([
    { table: 'dead_letters_rows', row: { dead_letter_id: 'd1', event_id: '', original_base64: '/wD+' } },
  ]);
});
