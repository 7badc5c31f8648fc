import { beforeEach, describe, expect, it } from 'vitest';
import type { Log } from '#lib/flow/log';
import { events, ticks } from '#test/contracts/log/given';

/** How every log keeps the progress of its sources. */
export function namedPositionsContract(current: () => Log): void {
  describe('named positions', () => {
    let log: Log;
    beforeEach(() => {
      log = current();
    });

    it('are stored with the records of the same publish', async () => {
      expect(await log.namedPosition('import')).toBeUndefined();
      await log.publish(events(0, 1), [
        { name: 'import', value: 'line 1' },
        { name: 'other', value: '' },
      ]);
      await log.publish(events(1, 1), [{ name: 'import', value: 'line 2' }]);
      await log.publish([], [{ name: 'alone', value: 'x' }]);

      expect(await log.namedPosition('import')).toBe('line 2');
      expect(await log.namedPosition('other')).toBe('');
      expect(await log.namedPosition('alone')).toBe('x');
    });

    it('are not stored when the records are refused', async () => {
      const unknown = ticks({ topic: 'lead.unknown', partition: 0 }, 0, 1);
      await expect(log.publish(unknown, [{ name: 'import', value: 'line 1' }])).rejects.toThrow('lead.unknown');

      expect(await log.namedPosition('import')).toBeUndefined();
    });
  });
}
