import type { Judged } from '#lib/model/judged';
import { GRADES, type Grade } from '#lib/model/model';

/** What scoring.yaml has a word in, of a `when` as it stands in stages.yaml. */
export interface Asking {
  readonly score_at_least?: number | undefined;
  readonly score_below?: number | undefined;
  readonly grade_at_least?: Grade | undefined;
  readonly grade_below?: Grade | undefined;
  readonly disqualified?: true | undefined;
}

/** A condition that holds for no lead, because scoring.yaml never gives what it asks for. */
export interface Never {
  readonly key: keyof Asking;
  readonly problem: string;
  readonly remedy: string;
}

/** The conditions that never hold beside a scoring.yaml. */
export function neverHolding(when: Asking, judged: Judged): readonly Never[] {
  const given = ungiven(when, judged);
  return [...given, ...beyondCap(when, judged), ...ungraded(when, judged)];
}

function ungiven(when: Asking, { grades, disqualifies }: Judged): Never[] {
  const found: Never[] = [];
  for (const key of ['grade_at_least', 'grade_below'] as const) {
    if (when[key] === undefined || grades !== undefined) continue;
    found.push({ key, problem: `\`${key}\` never holds: no lead has a grade`, remedy: 'add `grade` to scoring.yaml' });
  }
  if (when.disqualified && !disqualifies) {
    const problem = '`disqualified` never holds: no rule of scoring.yaml disqualifies';
    found.push({ key: 'disqualified', problem, remedy: 'add `disqualifies` with a reason to a rule there' });
  }
  return found;
}

function beyondCap({ score_at_least, score_below }: Asking, { cap }: Judged): Never[] {
  const found: Never[] = [];
  if (score_at_least !== undefined && score_at_least > cap) {
    const problem = `\`score_at_least: ${score_at_least}\` never holds: the cap of scoring.yaml keeps scores at ${cap} or less`;
    found.push({ key: 'score_at_least', problem, remedy: `ask for at most ${cap}, or raise \`cap\` there` });
  }
  if (score_below !== undefined && score_below <= -cap) {
    const problem = `\`score_below: ${score_below}\` never holds: the cap of scoring.yaml keeps scores at ${-cap} or more`;
    found.push({ key: 'score_below', problem, remedy: `ask for more than ${-cap}, or raise \`cap\` there` });
  }
  return found;
}

function ungraded({ grade_at_least, grade_below }: Asking, { grades }: Judged): Never[] {
  const found: Never[] = [];
  if (grades === undefined) return found;
  const { best, most, worst, least } = grades;
  if (grade_at_least !== undefined && rankOf(best) > rankOf(grade_at_least)) {
    const problem = `\`grade_at_least: ${grade_at_least}\` never holds: the rules of \`grade\` give ${most} points at most, a grade ${best}`;
    found.push({
      key: 'grade_at_least',
      problem,
      remedy: `ask for ${best}, or add rules to \`grade\` in scoring.yaml`,
    });
  }
  if (grade_below !== undefined && rankOf(worst) <= rankOf(grade_below)) {
    const problem =
      grade_below === 'F'
        ? '`grade_below: F` never holds: F is the worst grade'
        : `\`grade_below: ${grade_below}\` never holds: the rules of \`grade\` give ${least} points at least, a grade ${worst}`;
    found.push({
      key: 'grade_below',
      problem,
      remedy: 'name a better grade, or take points by a rule of `grade` in scoring.yaml',
    });
  }
  return found;
}

function rankOf(grade: Grade): number {
  return GRADES.indexOf(grade);
}
