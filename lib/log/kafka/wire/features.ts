import { checkCode } from '#lib/log/kafka/wire/protocol-error';
import type { WireRequest } from '#lib/log/kafka/wire/request';
import { WireWriter } from '#lib/log/kafka/wire/writer';

/** What a broker can do. */
export interface BrokerFeatures {
  /** Newest version of each request, by its key. */
  readonly requests: ReadonlyMap<number, number>;
  /** Levels of the features that the cluster has agreed on, such as transaction.version. */
  readonly levels: ReadonlyMap<string, number>;
}

const FINALIZED_FEATURES = 2;

/** https://kafka.apache.org/protocol#The_Messages_ApiVersions */
export function featuresRequest(): WireRequest<BrokerFeatures> {
  const body = new WireWriter().noTags().compactString('leadstream').compactString('1').noTags();
  return {
    name: 'ApiVersions',
    apiKey: 18,
    version: 3,
    body: body.written,
    taggedAnswer: false,
    read(from) {
      checkCode(from.int16());
      const requests = new Map(
        from.compactArray((): [number, number] => {
          const key = from.int16();
          from.int16();
          const newest = from.int16();
          from.tags();
          return [key, newest];
        }),
      );
      from.int32(); // throttled for, ms
      const levels = new Map<string, number>();
      from.tags((tag, value) => {
        if (tag !== FINALIZED_FEATURES) return;
        value.compactArray(() => {
          const name = value.compactString() ?? '';
          levels.set(name, value.int16());
          value.int16();
          value.tags();
        });
      });
      return { requests, levels };
    },
  };
}
