/** A promise that somebody else resolves. */
export interface Resolvers {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
}

/** As Promise.withResolvers, which Node 20 does not have. */
export function withResolvers(): Resolvers {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
