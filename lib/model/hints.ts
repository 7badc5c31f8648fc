import { isNode, type Node, propertyOf } from '#lib/model/reads';

/** A field of an event that a condition reads, and the values that stand beside it: what would make it true may be near them. */
export interface Hint {
  /** A property's name, or undefined: `field` is a text of the event itself. */
  readonly property: string | undefined;
  readonly field: string;
  readonly values: readonly Literal[];
}

export type Literal = string | number | boolean;

/** Nodes that only join conditions. */
const JOINS = new Set(['&&', '||', '!_', '?:']);

/** The hints in a parsed condition, comparison by comparison. */
export function hintsIn(node: unknown): readonly Hint[] {
  if (Array.isArray(node)) return node.flatMap(hintsIn);
  if (!isNode(node)) return [];
  if (JOINS.has(node.op)) return hintsIn(node.args);
  const values = literalsIn(node);
  return fieldsIn(node).map((field) => ({ ...field, values }));
}

function fieldsIn(node: unknown): readonly Omit<Hint, 'values'>[] {
  if (Array.isArray(node)) return node.flatMap(fieldsIn);
  if (!isNode(node)) return [];
  const property = propertyOf(node);
  if (property !== undefined) return [{ property, field: 'properties' }];
  const field = fieldOf(node);
  return field === undefined ? fieldsIn(node.args) : [{ property: undefined, field }];
}

function fieldOf({ op, args }: Node): string | undefined {
  if (op !== '.' || !Array.isArray(args)) return undefined;
  const [of, name]: unknown[] = args;
  return typeof name === 'string' && isNode(of) && of.op === 'id' && of.args === 'event' ? name : undefined;
}

function literalsIn(node: unknown): readonly Literal[] {
  if (Array.isArray(node)) return node.flatMap(literalsIn);
  if (!isNode(node)) return [];
  if (node.op === '-_') return literalsIn(node.args).map((value) => (typeof value === 'number' ? -value : value));
  if (node.op !== 'value') return literalsIn(node.args);
  const { args: value } = node;
  if (typeof value === 'bigint') return [Number(value)];
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? [value] : [];
}
