import { listAt, valueAt } from '#lib/model/entries';
import { GRADES, type Grade } from '#lib/model/model';

/** What a scoring.yaml lets stages ask for, as far as it can be told from its bare data. */
export interface Judged {
  /** The most that a score adds up to, in either direction; Infinity: no cap. */
  readonly cap: number;
  /** undefined: no lead has a grade. */
  readonly grades: GradesGiven | undefined;
  readonly disqualifies: boolean;
}

/** The grades that the rules of `grade` can give, and the points of fit that they are for. */
export interface GradesGiven {
  readonly best: Grade;
  readonly most: number;
  readonly worst: Grade;
  readonly least: number;
}

const ANY_GRADE: GradesGiven = { best: 'A', most: Infinity, worst: 'F', least: -Infinity };

/** Of a scoring.yaml that is missing or no YAML nothing can be told: all is taken. */
export function judgedBy(data: unknown): Judged {
  if (data === undefined) return { cap: Infinity, grades: ANY_GRADE, disqualifies: true };
  const cap = valueAt(data, 'cap');
  const grade = valueAt(data, 'grade');
  const rules = [...listAt(data, 'rules'), ...listAt(grade, 'rules')];
  return {
    cap: typeof cap === 'number' && cap > 0 ? cap : Infinity,
    grades: grade === undefined ? undefined : gradesGiven(grade),
    disqualifies: rules.some((rule) => valueAt(rule, 'disqualifies') !== undefined),
  };
}

/** Each rule of `grade` counts once at most, so all that give points together give the most. */
function gradesGiven(grade: unknown): GradesGiven {
  const points = listAt(grade, 'rules').map((rule) => valueAt(rule, 'points') ?? 0);
  const named = GRADES.map((letter) => ({ letter, atLeast: valueAt(valueAt(grade, 'grades'), letter) }));
  const given = named.flatMap(({ letter, atLeast }) => (typeof atLeast === 'number' ? [{ letter, atLeast }] : []));
  const ordered = given.every(({ atLeast }, place) => atLeast < (given[place - 1]?.atLeast ?? Infinity));
  if (!points.every((one) => typeof one === 'number') || given.length === 0 || !ordered) return ANY_GRADE;
  const most = sum(points.filter((one) => one > 0));
  const least = sum(points.filter((one) => one < 0));
  const letterOf = (fit: number) => given.find(({ atLeast }) => atLeast <= fit)?.letter ?? 'F';
  return { best: letterOf(most), most, worst: letterOf(least), least };
}

function sum(points: readonly number[]): number {
  return points.reduce((total, one) => total + one, 0);
}
