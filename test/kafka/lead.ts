import { expect, vi } from 'vitest';
import { askWell, post } from '#test/kafka/given';

const PATIENCE = { timeout: 90_000, interval: 200 };

/** A new lead becomes an MQL and is handed to a rep: every service has something to do, and did it. */
export async function becomesMql(url: string, data: string, userId: string): Promise<void> {
  for (const event of ['Subscribed', 'Trial Started', 'Appointment Scheduled']) {
    await post(url, '/v1/track', { userId, event, messageId: `${userId} ${event}` });
  }
  await isHandedOver(data, userId, 'Subscribed');
}

/** Resolves when the tables show the handoff of the lead that an event `PERSON WHAT` made. */
export async function isHandedOver(data: string, person: string, what: string): Promise<void> {
  const sql = `SELECT count() FROM handoffs WHERE lead_id IN (SELECT lead_id FROM activities WHERE event_id = '${person} ${what}')`;
  await vi.waitFor(
    async () => expect(await askWell('sql', sql, '--data', data, '--format', 'TSVRaw')).toBe('1\n'),
    PATIENCE,
  );
}
