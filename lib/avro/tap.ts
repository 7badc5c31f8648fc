/** What avsc reads from and writes into. Both may leave `pos` past the end of `buf`: avsc looks when all is done. */
export interface Tap {
  readonly buf: Buffer;
  pos: number;
  readLong(): number;
  readString(): string;
  writeLong(value: number): void;
  writeString(text: string): void;
}

/** What avsc asks of its types without declaring it. `_write` throws for a value that is not of the type. */
export interface TapType {
  _read(tap: Tap): unknown;
  _write(tap: Tap, value: unknown): void;
}
