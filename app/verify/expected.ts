import type { TableRow } from '#lib/clickhouse/row';

/** How a table tells its rows apart, and which of two rows of a key is the newer: by these columns, in this order. */
export interface TableShape {
  readonly key: readonly string[];
  readonly version: readonly string[];
  /** Its rows stay when the records that they come from expire. */
  readonly outlivesLog?: true;
}

export const SHAPES: { readonly [table: string]: TableShape } = {
  activities_rows: { key: ['publisher', 'event_id'], version: ['seq', 'step'] },
  score_changes_rows: { key: ['change_id'], version: ['seq', 'step'] },
  stage_changes_rows: { key: ['change_id'], version: ['seq', 'step'] },
  leads_rows: { key: ['lead_id'], version: ['seq', 'step'] },
  triggers_rows: { key: ['trigger_id'], version: ['seq', 'step_no'] },
  handoffs_rows: { key: ['handoff_id'], version: ['handoff_seq'] },
  dead_letters_rows: { key: ['dead_letter_id'], version: [], outlivesLog: true },
  funnel_counters_rows: { key: ['partition', 'day_number', 'stage', 'source'], version: ['changes'] },
  activity_counters_rows: { key: ['partition', 'day_number', 'name'], version: ['changes'] },
  trait_counters_rows: { key: ['partition', 'day_number', 'trait'], version: ['changes'] },
  joins_rows: { key: ['join_seq', 'closed'], version: ['seq'] },
  costs_rows: { key: ['publisher', 'event_id'], version: ['seq'] },
  ladders_rows: { key: ['model_version'], version: ['seq'] },
};

/** The rows that tables must hold at the end, by table and key: of each key the newest, the first of equals. */
export class ExpectedRows {
  readonly tables = new Map<string, Map<string, TableRow['row']>>();
  readonly #wanted: ReadonlySet<string> | undefined;

  /** `wanted`: only these keys (table and key, as `nameOf` gives them) are kept; undefined: all. */
  constructor(wanted?: ReadonlySet<string>) {
    this.#wanted = wanted;
    for (const table of Object.keys(SHAPES)) this.tables.set(table, new Map());
  }

  add({ table, row }: TableRow): void {
    const shape = SHAPES[table];
    const rows = this.tables.get(table);
    if (shape === undefined || rows === undefined) throw new Error(`verify does not know the table ${table}`);
    const key = keyOf(shape, row);
    if (this.#wanted !== undefined && !this.#wanted.has(nameOf(table, key))) return;
    const known = rows.get(key);
    if (known === undefined || isNewer(shape, row, known)) rows.set(key, row);
  }
}

export function keyOf({ key }: TableShape, row: Readonly<Record<string, unknown>>): string {
  return key.map((column) => String(row[column])).join(' ');
}

export function nameOf(table: string, key: string): string {
  return `${table} ${key}`;
}

function isNewer({ version }: TableShape, row: TableRow['row'], than: TableRow['row']): boolean {
  for (const column of version) {
    const difference = Number(row[column]) - Number(than[column]);
    if (difference !== 0) return difference > 0;
  }
  return false;
}
