import type { TypeCheckResult } from '@marcbachmann/cel-js';
import type { Comparison } from '#lib/model/comparisons';
import { nearest, tolerance } from '#lib/model/spelling';

/** A condition that cannot be read; `within` counts the line breaks before the fault. */
export interface Misread {
  readonly ok: false;
  readonly problem: string;
  readonly remedy: string;
  readonly within: number;
}

/** What conditions ask about. */
export interface Asked {
  /** `event` or `lead`. */
  readonly name: string;
  readonly fields: readonly string[];
  /** The field whose names are free. */
  readonly open: string;
  readonly example: string;
}

/** The first comparison of a condition that `wrong` finds something wrong with, with the line that it stands in. */
export function misreadAt(
  text: string,
  comparisons: readonly Comparison[],
  wrong: (comparison: Comparison) => Pick<Misread, 'problem' | 'remedy'> | undefined,
): Misread | undefined {
  for (const comparison of comparisons) {
    const found = wrong(comparison);
    if (found === undefined) continue;
    return { ok: false, ...found, within: text.slice(0, comparison.start).split('\n').length - 1 };
  }
  return undefined;
}

const METHODS = ['contains', 'endsWith', 'exists', 'indexOf', 'lowerAscii', 'matches', 'size', 'startsWith', 'trim'];

/** Says in a marketer's words what is wrong with a condition. */
export function explainCondition(text: string, error: TypeCheckResult['error'], asked: Asked): Misread {
  const { name, fields, open, example } = asked;
  const summary = error?.summary ?? 'it cannot be read';
  const { start, end } = error?.range ?? { start: 0, end: 0 };
  const written = text.slice(start, end);
  const within = text.slice(0, start).split('\n').length - 1;
  if (error?.code === 'no_such_key') {
    const meant = nearest(written, fields, tolerance(written));
    const remedy =
      meant === undefined
        ? `${name === 'event' ? 'an' : 'a'} ${name} has ${fields.join(', ')}`
        : `did you mean \`${name}.${meant}\`?`;
    return { ok: false, problem: `the condition reads \`${name}.${written}\`, which no ${name} has`, remedy, within };
  }
  if (error?.code === 'unknown_variable') {
    const meant = nearest(written, [name], 2);
    const field = fields.includes(written) ? `${name}.${written}` : `${name}.${open}.${written}`;
    const remedy = `did you mean \`${meant ?? field}\`?`;
    return { ok: false, problem: `the condition reads \`${written}\`, which is unknown`, remedy, within };
  }
  if (error?.code === 'no_matching_overload') {
    const [, method = ''] = /'(?:[\w<>, ]+\.)?(\w+)\(/.exec(summary) ?? [];
    const meant = nearest(method, METHODS, tolerance(method));
    if (meant !== undefined) {
      const problem = `the condition calls \`${method}\`, which is unknown`;
      return { ok: false, problem, remedy: `did you mean \`${meant}\`?`, within };
    }
  }
  const equals = error?.code === 'unexpected_character' && written === '=';
  const remedy = equals ? 'compare with `==`' : `write a CEL expression like \`${example}\``;
  return { ok: false, problem: `the condition is not understood: ${summary}`, remedy, within };
}
