import type { ImportDeps } from '#app/import/deps';
import type { Block, Place } from '#app/import/lines';
import { POSITION, type Progress } from '#app/import/progress';
import { createLineReader, type ReadLine } from '#app/import/reader';
import { ownTime, presentTime, type Timing } from '#app/import/timing';
import type { Outgoing } from '#lib/flow/log';
import { deadLetterRecord, eventRecord, toEvents } from '#services/collect/messages';

/** An import at work: reads lines into records and publishes them with its progress. */
export interface Run {
  /** Waits while a publish is under way and the next one is full: memory stays bounded. */
  take(block: Block): Promise<void>;
  /** Everything taken and the end of the import are durable. */
  finish(): Promise<Progress>;
  /** Everything published so far is durable; the import stays open. Never rejects. */
  settle(): Promise<Progress>;
}

/** A publish is full with this many records, or with records of this many bytes. */
const FULL = { records: 1_000, bytes: 4_194_304 };

export function createRun({ log, hash, clock, model, onProgress }: ImportDeps, begun: Progress): Run {
  const { own_time, import_id, base, ceiling } = begun;
  const reader = createLineReader(hash, import_id, own_time);
  let { accepted, rejected, newest } = begun;
  let place: Place = begun;
  let durable = begun;
  let records: Outgoing[] = [];
  let bytes = 0;
  let underWay: Promise<void> = Promise.resolve();

  const standing = (finished: boolean): Progress => ({ ...begun, ...place, accepted, rejected, newest, finished });
  const timing = (): Timing => (own_time ? ownTime(newest, base, ceiling) : presentTime(clock.now()));

  function add(read: ReadLine): void {
    if (read.kind === 'refused') {
      rejected += 1;
      records.push(deadLetterRecord(read.letter));
    } else if (read.kind === 'event') {
      if (accepted === 0) submitModel(read.event.received_at);
      accepted += 1;
      newest = read.event.received_at;
      records.push(eventRecord(read.event));
    }
  }

  function submitModel(at: number): void {
    if (model === undefined) return;
    const value = { model_version: model.version, files: model.files, received_at: at, own_time };
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
    async finish() {
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
