import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventKey } from '#lib/flow/event-key';
import { sha256 } from '#lib/hash/sha256';

const part = fc.oneof(fc.string({ maxLength: 4 }), fc.string({ minLength: 150, maxLength: 260 }));
const identity = fc.record({ publisher: part, event_id: part });

describe('the key of an event', () => {
  it('is the same for the same event and differs for any other', () => {
    fc.assert(
      fc.property(identity, identity, (a, b) => {
        const same = a.publisher === b.publisher && a.event_id === b.event_id;
        expect(eventKey(a, sha256) === eventKey(b, sha256)).toBe(same);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    [
      { publisher: '1', event_id: '1.1' },
      { publisher: '11', event_id: '.1' },
    ],
    [
      { publisher: '', event_id: '1.x' },
      { publisher: '1.x', event_id: '' },
    ],
  ])('keeps the two names apart: %j, %j', (a, b) => {
    expect(eventKey(a, sha256)).not.toBe(eventKey(b, sha256));
  });

  it('is short enough for a store, whatever a publisher sends', () => {
    const long = { publisher: '東'.repeat(5000), event_id: '京'.repeat(5000) };
    expect(Buffer.byteLength(eventKey(long, sha256))).toBeLessThan(700);
  });
});
