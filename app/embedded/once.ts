/** What `open` gives, a promise too, asked for at the first call. */
export function once<Value extends object>(open: () => Value): () => Value {
  let value: Value | undefined;
  return () => {
    value ??= open();
    return value;
  };
}
