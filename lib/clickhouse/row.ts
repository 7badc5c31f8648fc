/** A row on its way into a table. All rows of one table have the same columns, in the same order. */
export interface TableRow {
  readonly table: string;
  /** Given for rows that are versions of one another: only the last of those written together is sent. */
  readonly key?: string;
  /** Values by column, as JSON carries them: times as ms since 1970 UTC, null in Nullable columns only, no undefined. */
  readonly row: Readonly<Record<string, ColumnValue>>;
}

export type ColumnValue = string | number | boolean | null | readonly string[] | readonly NamedTuple[];

/** A tuple by the names of its elements. */
export type NamedTuple = Readonly<Record<string, string | number>>;
