import type { ASTNode } from '@marcbachmann/cel-js';

/** Which properties a parsed condition reads as `event.properties.<name>`; `["name"]` is taken as it is. */
export function propertiesRead(ast: ASTNode): readonly string[] {
  return readAnywhere(ast);
}

/**
 * The properties without which the condition cannot be true, because what it demands in any case reads them. Lets a
 * caller answer false without an evaluation that fails.
 */
export function propertiesNeeded(ast: ASTNode): readonly string[] {
  return neededBy(ast, propertyOf);
}

/** The traits without which the condition cannot be true, likewise. */
export function traitsNeeded(ast: ASTNode): readonly string[] {
  return neededBy(ast, traitOf);
}

/** The name that a node reads as a whole, of what is asked for. */
type NameOf = (node: Node) => string | undefined;

/** Operators that evaluate all their operands. */
const STRICT = new Set([
  '==',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  '+',
  '-',
  '*',
  '/',
  '%',
  'in',
  '!_',
  '-_',
  '.',
  '[]',
  'list',
]);

function readAnywhere(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(readAnywhere);
  if (!isNode(node)) return [];
  const property = propertyOf(node);
  return property === undefined ? readAnywhere(node.args) : [property];
}

/** A failing side of && never makes the whole true; below other operators a failing && may. */
function neededBy(node: unknown, nameOf: NameOf): string[] {
  if (isNode(node) && node.op === '&&' && Array.isArray(node.args))
    return node.args.flatMap((side) => neededBy(side, nameOf));
  return evaluatedBy(node, nameOf);
}

function evaluatedBy(node: unknown, nameOf: NameOf): string[] {
  if (Array.isArray(node)) return node.flatMap((one) => evaluatedBy(one, nameOf));
  if (!isNode(node)) return [];
  const name = nameOf(node);
  if (name !== undefined) return [name];
  if (STRICT.has(node.op)) return evaluatedBy(node.args, nameOf);
  // A method's receiver is evaluated first; its arguments may be a macro's.
  return node.op === 'rcall' && Array.isArray(node.args) ? evaluatedBy(node.args[1], nameOf) : [];
}

/** The property that a node reads as `event.properties.<name>`. */
export function propertyOf({ op, args }: Node): string | undefined {
  if (op !== '.' || !Array.isArray(args)) return undefined;
  const [of, name]: unknown[] = args;
  return typeof name === 'string' && isEventProperties(of) ? name : undefined;
}

function isEventProperties(node: unknown): boolean {
  if (!isNode(node) || node.op !== '.' || !Array.isArray(node.args)) return false;
  const [of, field]: unknown[] = node.args;
  return field === 'properties' && isNode(of) && of.op === 'id' && of.args === 'event';
}

/** Traits that a parsed condition reads, each as `lead.traits.name`; undefined if it reads them in any other way. */
export function traitsRead(node: unknown): readonly string[] | undefined {
  if (Array.isArray(node)) {
    const all = node.map(traitsRead);
    return all.includes(undefined) ? undefined : all.flatMap((names) => names ?? []);
  }
  if (!isNode(node)) return [];
  if (isTraits(node)) return undefined;
  const trait = traitOf(node);
  return trait === undefined ? traitsRead(node.args) : [trait];
}

/** The trait that a node reads as `lead.traits.<name>`. */
export function traitOf({ op, args }: Node): string | undefined {
  if (op !== '.' || !Array.isArray(args)) return undefined;
  const [of, name]: unknown[] = args;
  return typeof name === 'string' && isTraits(of) ? name : undefined;
}

function isTraits(node: unknown): boolean {
  if (!isNode(node) || node.op !== '.' || !Array.isArray(node.args)) return false;
  const [of, field]: unknown[] = node.args;
  return field === 'traits' && isNode(of) && of.op === 'id' && of.args === 'lead';
}

/** A node of a parsed condition. */
export interface Node {
  readonly op: string;
  readonly args: unknown;
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}
