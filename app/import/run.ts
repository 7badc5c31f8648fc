import type { ImportDeps } from '#app/import/deps';
import type { Block, Place } from '#app/import/lines';
import { POSITION, type Progress, withFutureLine } from '#app/import/progress';
import { createLineReader, IN_THE_FUTURE, type ReadLine } from '#app/import/reader';
import { ownTime, presentTime, type Timing } from '#app/import/timing';
import type { Outgoing } from '#lib/flow/log';
import { deadLetterRecord, eventRecord, toEvents } from '#services/collect/messages';

/** An import at work: reads lines into records and publishes them with its progress. */
export interface Run {
  /** Waits while a publish is under way and the next one is full: memory stays bounded. */
  take(block: Block): Promise<void>;
  /** Everything taken and the end of the import are durable. `lines`: of the inputs, if not all of them were taken. */
  finish(lines?: number): Promise<Progress>;
  /** Everything published so far is durable; the import stays open. Never rejects. */
  settle(): Promise<Progress>;
}

export type RunDeps = Pick<ImportDeps, 'log' | 'hash' | 'clock' | 'model' | 'may' | 'onProgress'>;

/** A publish is full with this many records, or with records of this many bytes. */
const FULL = { records: 1_000, bytes: 4_194_304 };

/** `inputs`: their names, in the order in which the lines number them. */
export function createRun(
  { log, hash, clock, model, may, onProgress }: RunDeps,
  begun: Progress,
  inputs: readonly string[],
): Run {
  const { own_time, import_id, publisher, base, ceiling, sorted } = begun;
  const reader = createLineReader({ hash, importId: import_id, publisher, may, ownTime: own_time, inputs });
  let { accepted, rejected, newest, in_the_future, future_lines } = begun;
  let place: Place = begun;
  let durable = begun;
  let records: Outgoing[] = [];
  let bytes = 0;
  let underWay: Promise<void> = Promise.resolve();

  const standing = (finished: boolean): Progress => {
    return { ...begun, ...place, accepted, rejected, newest, in_the_future, future_lines, finished };
  };

  function timing(): Timing {
    if (own_time) return ownTime(newest, base, ceiling);
    return sorted ? presentTime(clock.now(), ceiling) : presentTime(clock.now());
  }

  function add(read: ReadLine): void {
    if (read.kind === 'refused') {
      rejected += 1;
      records.push(deadLetterRecord(read.letter));
      if (read.letter.reason !== IN_THE_FUTURE) return;
      in_the_future += 1;
      future_lines = withFutureLine(future_lines, read.letter.origin);
    } else if (read.kind === 'event') {
      if (accepted === 0) begin(read.event.received_at);
      accepted += 1;
      newest = read.event.received_at;
      records.push(eventRecord(read.event));
    }
  }

  function begin(at: number): void {
    if (own_time) records.push(toEvents({ type: 'ImportBegun', value: { import_id, received_at: at } }));
    if (model === undefined) return;
    const value = { model_version: model.version, files: model.files, received_at: at, own_time, import_id };
    records.push(toEvents({ type: 'ModelSubmitted', value }));
  }

  /** Publishes one after the other; the next is made ready meanwhile. */
  async function publish(stored: Progress): Promise<void> {
    await underWay;
    underWay = log.publish(records, [{ name: POSITION, value: JSON.stringify(stored) }]).then(() => {
      durable = stored;
      onProgress?.(stored);
    });
    underWay.catch(() => {}); // whoever awaits it next sees it
    records = [];
    bytes = 0;
  }

  return {
    async take(block) {
      let times = timing();
      for (const line of block.lines) {
        add(reader.read(line, times));
        if (own_time) times = timing();
        bytes += line.bytes.length;
      }
      const { lines, bytes: read, sha256 } = block.place;
      place = { lines, bytes: read, sha256 };
      if (records.length >= FULL.records || bytes >= FULL.bytes) await publish(standing(false));
    },
    async finish(lines = place.lines) {
      place = { ...place, lines };
      const finished = standing(true);
      if (accepted > 0) {
        const received_at = own_time ? (newest ?? base) : clock.now();
        records.push(toEvents({ type: 'ImportFinished', value: { import_id, received_at, own_time } }));
      }
      if (finished.lines === 0) return finished;
      await publish(finished);
      await underWay;
      return finished;
    },
    async settle() {
      await underWay.catch(() => {});
      return durable;
    },
  };
}
