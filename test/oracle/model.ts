import { parse } from 'yaml';
import type { Fields } from '#test/oracle/reported';

/** A lead model as marketing writes it: file name → its text. */
export type ModelTexts = Readonly<Record<string, string>>;

export interface ScoringRule {
  readonly id: string;
  readonly on: readonly string[];
  /** The text of the condition. */
  readonly where: string | undefined;
  readonly points: number;
  /** ms; undefined: points do not fade. */
  readonly halfLife: number | undefined;
  readonly lasts: number;
  readonly oncePer: string | undefined;
  readonly unless: { readonly on: readonly string[]; readonly same: string; readonly within: number } | undefined;
}

export interface Grading {
  /** The best first. */
  readonly grades: readonly (readonly [grade: string, from: number])[];
  readonly rules: readonly { readonly where: string; readonly points: number }[];
}

export interface Move {
  readonly id: string;
  readonly from: readonly string[];
  readonly to: string;
  readonly when: Fields;
}

export interface Ladder {
  readonly initial: string;
  /** The stages from the bottom to the top; others stand beside. */
  readonly rungs: ReadonlySet<string>;
  readonly notOwn: ReadonlySet<string>;
  readonly moves: readonly Move[];
}

export interface Program {
  readonly id: string;
  readonly enter: {
    readonly on: readonly string[];
    readonly where: string | undefined;
    readonly times: number;
    readonly within: number;
  };
  /** The stage whose entering leads in; undefined: a behaviour does. */
  readonly stage: string | undefined;
  readonly audience: ReadonlySet<string>;
  /** ms; infinite: never again. */
  readonly again: number;
  readonly exitOn: ReadonlySet<string>;
  readonly steps: readonly { readonly id: string; readonly after: number; readonly channel: string }[];
}

/** What the oracle reads of a model. It knows no caps, groups and limits per day, and refuses a model that has them. */
export interface OracleModel {
  readonly rules: readonly ScoringRule[];
  readonly grading: Grading | undefined;
  readonly ladder: Ladder;
  readonly programs: readonly Program[];
  readonly handoffStage: string;
  readonly reps: readonly string[];
}

const DAY = 86_400_000;
const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: DAY, w: 7 * DAY };
/** Points count for so long at most. */
const LIFETIME = 400 * DAY;

/** Reads the texts of a model. Throws at what the oracle does not know. */
export function oracleModel(files: ModelTexts): OracleModel {
  const scoring = read(files, 'scoring.yaml');
  const usual = scoring.half_life;
  if (scoring.cap !== undefined || scoring.groups !== undefined) throw new Error('the oracle knows no caps');
  const routing = read(files, 'routing.yaml');
  const programs = Object.keys(files).filter((name) => /^programs\/(?!.*\.test\.yaml$)/.test(name));
  return {
    rules: listOf(scoring.rules).map((rule) => ruleOf(rule, usual)),
    grading: scoring.grade === undefined ? undefined : gradingOf(asFields(scoring.grade)),
    ladder: ladderOf(read(files, 'stages.yaml')),
    programs: programs.sort().map((name) => programOf(name, read(files, name))),
    handoffStage: String(routing.on_stage),
    reps: listOf(routing.reps).map(({ id }) => String(id)),
  };
}

/** A duration in ms. */
export function durationOf(text: unknown): number {
  const [, amount, unit = ''] = /^(\d+)([smhdw])$/.exec(String(text)) ?? [];
  const ms = UNITS[unit];
  if (ms === undefined) throw new Error(`${text} is no duration`);
  return Number(amount) * ms;
}

function ruleOf(rule: Fields, usual: unknown): ScoringRule {
  if (rule.cap !== undefined || rule.per_day !== undefined || rule.disqualifies !== undefined) {
    throw new Error(`the oracle does not know all of rule ${rule.id}`);
  }
  const halfLife = rule.half_life ?? usual;
  const unless = rule.unless === undefined ? undefined : asFields(rule.unless);
  return {
    id: String(rule.id),
    on: textsOf(rule.on),
    where: rule.where === undefined ? undefined : String(rule.where),
    points: Number(rule.points),
    halfLife: halfLife === undefined || halfLife === 'none' ? undefined : durationOf(halfLife),
    lasts: rule.expires_after === undefined ? LIFETIME : durationOf(rule.expires_after),
    oncePer: rule.once_per === undefined ? undefined : String(rule.once_per),
    unless: unless && { on: textsOf(unless.on), same: String(unless.same), within: durationOf(unless.within) },
  };
}

function gradingOf({ grades, rules }: Fields): Grading {
  const from = Object.entries(asFields(grades)).map(([grade, points]) => [grade, Number(points)] as const);
  return {
    grades: from.sort(([, a], [, b]) => b - a),
    rules: listOf(rules).map(({ where, points }) => ({ where: String(where), points: Number(points) })),
  };
}

function ladderOf({ ladder, not_own, moves }: Fields): Ladder {
  return {
    initial: textsOf(ladder)[0] ?? '',
    rungs: new Set(textsOf(ladder)),
    notOwn: new Set(textsOf(not_own)),
    moves: listOf(moves).map(({ id, from, to, when }) => ({
      id: String(id),
      from: textsOf(from),
      to: String(to),
      when: asFields(when),
    })),
  };
}

function programOf(name: string, fields: Fields): Program {
  const enter = asFields(fields.enter);
  const again = fields.reentry_after;
  return {
    id: name.replace(/^programs\/|\.yaml$/g, ''),
    enter: {
      on: textsOf(enter.on),
      where: enter.where === undefined ? undefined : String(enter.where),
      times: Number(enter.times ?? 1),
      within: enter.within === undefined ? 0 : durationOf(enter.within),
    },
    stage: enter.stage === undefined ? undefined : String(enter.stage),
    audience: new Set(textsOf(fields.audience)),
    again: again === 'never' ? Number.POSITIVE_INFINITY : durationOf(again),
    exitOn: new Set(textsOf(fields.exit_on)),
    steps: listOf(fields.steps).map(({ id, after, channel }) => ({
      id: String(id),
      after: durationOf(after),
      channel: String(channel),
    })),
  };
}

function read(files: ModelTexts, name: string): Fields {
  return asFields(parse(files[name] ?? '{}'));
}

function textsOf(value: unknown): readonly string[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value.map(String) : [String(value)];
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(asFields) : [];
}

function asFields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
