import { isNode, type Node, propertyOf, traitOf } from '#lib/model/reads';

/** What a parsed condition compares with a value that is written out. */
export interface Comparison {
  readonly of: Compared;
  /** `in` with one of its values, or ==, !=, <, <=, >, >=. */
  readonly op: string;
  readonly value: string | number | boolean;
  /** Characters before it in the condition. */
  readonly start: number;
}

/** A property of the event, a trait of the lead, or a text that every event or lead has. */
export interface Compared {
  readonly kind: 'property' | 'trait' | 'field';
  readonly name: string;
}

const ORDERINGS: ReadonlySet<string> = new Set(['<', '<=', '>', '>=']);
const OPERATORS: ReadonlySet<string> = new Set(['==', '!=', 'in', ...ORDERINGS]);

/** The comparisons in a parsed condition whose one side is read and whose other side is written out. */
export function comparisonsIn(node: unknown): readonly Comparison[] {
  if (Array.isArray(node)) return node.flatMap(comparisonsIn);
  if (!isNode(node)) return [];
  if (!OPERATORS.has(node.op) || !Array.isArray(node.args)) return comparisonsIn(node.args);
  const [left, right]: unknown[] = node.args;
  const of = comparedBy(left) ?? comparedBy(right);
  if (of === undefined) return comparisonsIn(node.args);
  const start = 'start' in node && typeof node.start === 'number' ? node.start : 0;
  return [left, right].flatMap(valuesOf).map((value) => ({ of, op: node.op, value, start }));
}

/** Whether a comparison asks for an order, not for equality. */
export function isOrdering({ op }: Comparison): boolean {
  return ORDERINGS.has(op);
}

function comparedBy(node: unknown): Compared | undefined {
  if (!isNode(node)) return undefined;
  const property = propertyOf(node);
  if (property !== undefined) return { kind: 'property', name: property };
  const trait = traitOf(node);
  if (trait !== undefined) return { kind: 'trait', name: trait };
  const field = fieldOf(node);
  return field === undefined ? undefined : { kind: 'field', name: field };
}

function fieldOf({ op, args }: Node): string | undefined {
  if (op !== '.' || !Array.isArray(args)) return undefined;
  const [of, name]: unknown[] = args;
  return typeof name === 'string' && isNode(of) && of.op === 'id' ? name : undefined;
}

function valuesOf(node: unknown): Comparison['value'][] {
  if (!isNode(node)) return [];
  if (node.op === 'list' && Array.isArray(node.args)) return node.args.flatMap(valuesOf);
  if (node.op === '-_') return valuesOf(node.args).map((value) => (typeof value === 'number' ? -value : value));
  if (node.op !== 'value') return [];
  const { args: value } = node;
  if (typeof value === 'bigint') return [Number(value)];
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? [value] : [];
}
