import type { Activity } from '#schemas/generated/records';
import { type Samples, scoredOf } from '#test/bench/avro/samples';
import type { Page, Sample, Side } from '#test/bench/avro/side';

/** What is measured: `prepare` makes records ready, which costs nothing here, and returns the work that is measured. */
export interface Work {
  readonly name: string;
  readonly prepare: (side: Side, kind: Samples) => (first: number, last: number) => () => void;
}

export const WORKS: readonly Work[] = [
  { name: 'decode Activity', prepare: (side, kind) => decoding(side, kind.activities.map(messageOf)) },
  { name: 'decode Scored', prepare: (side, kind) => decoding(side, kind.activities.map(scoredMessage)) },
  {
    name: 'encode Scored',
    prepare: (side, kind) => encoding(side, (n) => kind.activities[n]),
  },
  {
    name: 'encode Scored around a decoded Activity',
    prepare(side, kind) {
      const page = written(side, kind.activities.map(messageOf));
      return encoding(side, (n) => read(side, page, n, 'Activity') as Activity);
    },
  },
];

function decoding(side: Side, messages: readonly Sample[]) {
  const page = written(side, messages);
  const type = messages[0]?.type ?? 'Activity';
  return (first: number, last: number) => () => {
    const values: unknown[] = [];
    for (let n = first; n < last; n++) values.push(read(side, page, n, type));
  };
}

function encoding(side: Side, activityOf: (n: number) => Activity | undefined) {
  return (first: number, last: number) => {
    const messages: Sample[] = [];
    for (let n = first; n < last; n++) {
      const activity = activityOf(n);
      if (activity !== undefined) messages.push(scoredMessage(activity));
    }
    return () => {
      side.write(messages);
    };
  };
}

function read(side: Side, { bytes, ends }: Page, n: number, type: Sample['type']): unknown {
  return side.read(type, bytes, ends[n - 1] ?? 0, ends[n] ?? 0);
}

/** A page of their bytes that stays as it is. */
function written(side: Side, messages: readonly Sample[]): Page {
  const { bytes, ends } = side.write(messages);
  return { bytes: Buffer.from(bytes.subarray(0, ends.at(-1))), ends };
}

export function messageOf(value: Activity): Sample {
  return { type: 'Activity', value };
}

export function scoredMessage(activity: Activity): Sample {
  return { type: 'Scored', value: scoredOf(activity) };
}
