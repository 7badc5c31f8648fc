import type { TableRow } from '#lib/clickhouse/row';
import type { Cost, DeadLetter, Handoff, Trigger } from '#schemas/generated/records';

export function triggerRow(trigger: Trigger): TableRow {
  return {
    table: 'triggers_rows',
    row: {
      trigger_id: trigger.trigger_id,
      lead_id: trigger.lead_id,
      program: trigger.program,
      step: trigger.step,
      channel: trigger.channel,
      template: trigger.template,
      at: trigger.at,
      logged_at: trigger.due_at ?? trigger.logged_at,
      cause_id: trigger.cause_id,
      suppressed_by: trigger.suppressed_by ?? '',
      model_version: trigger.model_version,
      seq: trigger.seq,
      step_no: trigger.step_no,
    },
  };
}

export function handoffRow(handoff: Handoff): TableRow {
  return {
    table: 'handoffs_rows',
    row: {
      handoff_id: handoff.handoff_id,
      lead_id: handoff.lead_id,
      rep: handoff.rep,
      at: handoff.at,
      logged_at: handoff.logged_at,
      reason: handoff.reason,
      score: handoff.score,
      cause_id: handoff.cause_id,
      suppressed_by: handoff.suppressed_by ?? '',
      handoff_seq: handoff.handoff_seq,
    },
  };
}

/** The same from every partition. */
export function costRow(cost: Cost): TableRow {
  return {
    table: 'costs_rows',
    row: {
      event_id: cost.event_id,
      publisher: cost.publisher,
      occurred_at: cost.occurred_at,
      received_at: cost.received_at,
      amount: cost.amount,
      currency: cost.currency,
      source: cost.source ?? '',
      medium: cost.medium ?? '',
      campaign: cost.campaign ?? '',
      properties: cost.properties,
      seq: cost.seq,
    },
  };
}

/** The table decodes the original bytes: JSON, in which rows travel, has none. */
export function deadLetterRow(letter: DeadLetter): TableRow {
  return {
    table: 'dead_letters_rows',
    row: {
      dead_letter_id: letter.dead_letter_id,
      at: letter.at,
      reason: letter.reason,
      detail: letter.detail,
      origin: letter.origin,
      publisher: letter.publisher,
      event_id: letter.event_id ?? '',
      original_base64: base64(letter.original),
    },
  };
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}
