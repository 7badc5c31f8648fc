import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  Scalar,
  visit,
  type YAMLParseError,
} from 'yaml';
import type { ModelFault } from '#lib/model/model';

/** Where in a file: keys and positions from its top, e.g. ['rules', 2, 'points']. */
export type Path = readonly PropertyKey[];

/** A YAML file as data, with the lines it came from. */
export interface Source {
  readonly file: string;
  readonly data: unknown;
  /** Line of the last part of `path` that is there, from 1; `within` counts line breaks inside a block of text. */
  lineOf(path: Path, within?: number): number;
  report(path: Path, problem: string, remedy: string, within?: number): void;
}

/** Reads a file; what is wrong with it, now and later, is added to `faults`. undefined if it is not YAML. */
export function openSource(file: string, text: string, faults: ModelFault[]): Source | undefined {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  for (const error of causesOf(document.errors)) {
    const line = lines.linePos(beginningOf(document, error)).line;
    faults.push({ file, line, ...explainSyntax(error) });
  }
  if (document.errors.length > 0) return undefined;
  let data: unknown;
  try {
    data = document.toJS();
  } catch (thrown) {
    const problem = `the anchors and aliases cannot be followed: ${thrown instanceof Error ? thrown.message : thrown}`;
    faults.push({ file, line: 1, problem, remedy: 'write the values out' });
    return undefined;
  }
  const lineOf = (path: Path, within = 0) => lineIn(document, lines, path, within);
  return {
    file,
    data,
    lineOf,
    report: (path, problem, remedy, within) => faults.push({ file, line: lineOf(path, within), problem, remedy }),
  };
}

/** Keys that are there twice are told each. Of syntax errors only the first is: the others follow from it, mostly. */
function causesOf(errors: readonly YAMLParseError[]): readonly YAMLParseError[] {
  const syntax = errors.filter(({ code }) => code !== 'DUPLICATE_KEY');
  if (syntax.length === 0) return errors;
  const tab = syntax.find(({ code }) => code === 'TAB_AS_INDENT');
  const [first] = syntax.toSorted((a, b) => a.pos[0] - b.pos[0]);
  return [tab ?? first].filter((error) => error !== undefined);
}

function explainSyntax({ code, message }: YAMLParseError): Pick<ModelFault, 'problem' | 'remedy'> {
  if (code === 'DUPLICATE_KEY') return { problem: 'this key is there twice', remedy: 'keep one of the two' };
  if (code === 'TAB_AS_INDENT') return { problem: 'a tab indents this line', remedy: 'indent with spaces' };
  if (code === 'MULTIPLE_DOCS') return { problem: 'the file has several documents', remedy: 'remove the line `---`' };
  const [problem = ''] = message.split('\n');
  return { problem: `not valid YAML: ${problem}`, remedy: 'check indentation, quotes and brackets from here on' };
}

/** A quote or bracket that is never closed is the fault of the line that opens it. */
function beginningOf(document: Document, { pos: [at] }: YAMLParseError): number {
  let beginning = at;
  visit(document, {
    Scalar(_, { type, range }) {
      const quoted = type === Scalar.QUOTE_DOUBLE || type === Scalar.QUOTE_SINGLE;
      if (quoted && range && range[0] < at && range[1] >= at) beginning = range[0];
    },
    Collection(_, { flow, range }) {
      if (flow === true && range && range[0] < at && range[1] >= at) beginning = Math.min(beginning, range[0]);
    },
  });
  return beginning;
}

function lineIn(document: Document, lines: LineCounter, path: Path, within: number): number {
  let node: unknown = document.contents;
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
  let found = true;
  for (const part of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === part);
      found = pair !== undefined;
      if (pair === undefined) break;
      if (isNode(pair.key)) offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node) && typeof part === 'number') {
      node = node.items[part];
      if (isNode(node)) offset = node.range?.[0] ?? offset;
    } else {
      found = false;
      break;
    }
  }
  const block = found && isScalar(node) && node.type === Scalar.BLOCK_LITERAL;
  return lines.linePos(offset).line + (block ? 1 + within : 0);
}
