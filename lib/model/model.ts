import type { NamesNobody } from '#lib/identity/placeholders';
import type { Activity, Personal } from '#schemas/generated/records';

/** The lead model in force: what marketing edits, compiled. Pure: same activity, same answer, always. */
export interface Model {
  /** Hash of the files' texts: the model's name everywhere (`model_version`). */
  readonly version: string;
  /** Which generation of the code decides; an instance that does not know the number pauses. */
  readonly engine: number;
  readonly scoring: Scoring;
  readonly stages: StageLadder;
  readonly programs: readonly Program[];
  readonly routing: Routing;
  readonly identity: Identity;
}

/** Who is who. */
export interface Identity {
  /** Whether an id, trimmed already, is one that publishers send for nobody. */
  readonly namesNobody: NamesNobody;
}

/** What conditions and keys see of an activity. `properties` is its JSON object, parsed. */
export interface Subject {
  readonly activity: Activity;
  readonly properties: { readonly [name: string]: unknown };
}

export interface Scoring {
  /** Rules by the behaviour that they start from, so that an event meets only the rules that can match its name. */
  readonly rulesFor: (name: string) => readonly ScoringRule[];
  readonly rule: (id: string) => ScoringRule | undefined;
  /** All of them, in the order of the file. */
  readonly rules: readonly ScoringRule[];
  /** Whether an activity of this name can take an absence back (email_opened for "not opened"). */
  readonly answersFor: (name: string) => readonly ScoringRule[];
  /** The most that a score group adds up to, in either direction, points; Infinity: no cap, or no such group. */
  readonly groupCap: (group: string) => number;
  /** The most that a score adds up to, in either direction, points; Infinity: no cap. */
  readonly cap: number;
  /** True if any rule, group or the total has a cap: without one no contribution takes part in another's points. */
  readonly hasCaps: boolean;
  /** What caps depend on, as a text: the same text, the same points left of the same contributions. Empty: no caps. */
  readonly caps: string;
  /** Why an activity counts for nothing and leads to nothing, by its stamps alone; undefined: it counts. */
  readonly excludes: (activity: Activity) => Exclusion | undefined;
  /** Whether a network or a mail address is the company's own: identify stamps it on what it logs while this model governs. */
  readonly isInternal: (personal: Pick<Personal, 'ip' | 'email'>) => boolean;
  readonly grading: Grading | undefined;
}

export type Exclusion = 'bot' | 'internal';

export interface ScoringRule {
  readonly id: string;
  /** Behaviour that gives the points; for an absence, the one that waits for an answer. */
  readonly on: string;
  /** 0 only where the rule disqualifies. */
  readonly points: number;
  /** Why the lead is disqualified while a contribution of this rule counts, in the marketer's words; undefined: it is not. */
  readonly disqualifies: string | undefined;
  /** Decay: points × 2^(−age / halfLife), ms; Infinity: none. */
  readonly halfLife: number;
  /** Counts for so long after its date, ms; at most the 400 days that any activity counts. */
  readonly expiresAfter: number;
  /** Score group; undefined: none. */
  readonly group: string | undefined;
  /** The most that the rule's decayed points add up to, in the direction of `points`; Infinity: no cap. */
  readonly cap: number;
  /** So many count per UTC day of their dates, the earliest; Infinity: all. */
  readonly perDay: number;
  readonly matches: (subject: Subject) => boolean;
  /** Counts once per value of this key (the earliest counts), e.g. per email_id; undefined: every activity counts. */
  readonly oncePer: ((subject: Subject) => string | undefined) | undefined;
  /** Points count at the end of `within` ms after the activity unless one of `answeredBy` occurred with the same key in that time. */
  readonly absence: Absence | undefined;
}

/** How interesting a lead is by what is known of it (fit), beside how interested it is (score). */
export interface Grading {
  /** Points of a profile are the sum of those rules that match. */
  readonly rules: readonly FitRule[];
  /** Best first; a profile with fewer points than the last has the grade F. */
  readonly grades: readonly { readonly grade: Grade; readonly atLeast: number }[];
  /** Traits that the rules read: nothing else of a profile matters. */
  readonly traits: ReadonlySet<string>;
}

/** Best first. */
export const GRADES = ['A', 'B', 'C', 'D', 'E', 'F'] as const;

export type Grade = (typeof GRADES)[number];

export interface FitRule {
  readonly id: string;
  readonly points: number;
  /** As in ScoringRule. */
  readonly disqualifies: string | undefined;
  readonly matches: (profile: Profile) => boolean;
}

/** What is known of a person at a time: the last word on each trait, by occurred_at. */
export interface Profile {
  /** In lower case; empty if none is known. */
  readonly email: string;
  readonly traits: { readonly [name: string]: unknown };
}

export interface Absence {
  readonly answeredBy: ReadonlySet<string>;
  readonly within: number;
  /** Pairs question and answer. */
  readonly same: (subject: Subject) => string | undefined;
}

export interface StageLadder {
  /** Stage of a lead or visitor at its first activity. */
  readonly initial: string;
  /** From the bottom. */
  readonly ladder: readonly string[];
  /** Stages that are no rung: nobody passes through them on the way up. */
  readonly beside: readonly string[];
  /** Tried in order, from the top, until none applies (each at most once per record). */
  readonly moves: readonly StageRule[];
  /** Whether a lead does this behaviour of its own accord, custom ones included: it ends dormancy. */
  readonly isOwn: (name: string) => boolean;
  /** Scores that a condition asks for; ascending. On which side of each a lead is decides its moves: it counts as above from the score on. */
  readonly thresholds: readonly number[];
  /** What moves ask of time, by the stage that they lead from. */
  readonly patience: ReadonlyMap<string, Patience>;
}

/** For how long moves ask that a lead was quiet, and that it stayed in its stage, ms. */
export interface Patience {
  readonly quiet: readonly number[];
  readonly stayed: readonly number[];
}

export interface StageRule {
  readonly id: string;
  readonly from: ReadonlySet<string>;
  readonly to: string;
  /** In the marketer's words; recorded with the change. */
  readonly reason: string;
  /** Holds when all of them hold; never empty. */
  readonly when: readonly StageCondition[];
}

export type StageCondition =
  /** A userId or email is known. */
  | { readonly kind: 'identified' }
  /** The score is at least this many points, judged at live and historic activities and wake-ups. */
  | { readonly kind: 'score'; readonly atLeast: number }
  /** The score is below so many points. */
  | { readonly kind: 'score_below'; readonly below: number }
  /** The grade is this one or a better one. */
  | { readonly kind: 'grade'; readonly atLeast: Grade }
  /** The grade is worse than this one. */
  | { readonly kind: 'grade_below'; readonly below: Grade }
  /** A rule of scoring.yaml disqualifies the lead. */
  | { readonly kind: 'disqualified' }
  /** The lead has been in one of these stages, or is in it. */
  | { readonly kind: 'been'; readonly stages: readonly string[] }
  /** The activity at hand. */
  | {
      readonly kind: 'behaviour';
      readonly names: ReadonlySet<string>;
      readonly matches: (subject: Subject) => boolean;
      /** What `matches` asks, as it is written; empty: nothing. */
      readonly where: string;
    }
  /** No behaviour of the lead's own for this long, ms. */
  | { readonly kind: 'quiet'; readonly forMs: number }
  /** In the stage for this long, ms. */
  | { readonly kind: 'stayed'; readonly forMs: number }
  /** The activity at hand is one of the lead's own. */
  | { readonly kind: 'active' };

/** A path of timed steps that a lead is led along. */
export interface Program {
  readonly id: string;
  readonly name: string;
  readonly enter: ProgramEntry;
  /** Stages whose leads may enter and go on. */
  readonly audience: ReadonlySet<string>;
  /** A lead may enter again this long after it last entered, ms; Infinity: never. */
  readonly reentryAfter: number;
  /** Behaviours that end the program for a lead. */
  readonly exitOn: ReadonlySet<string>;
  readonly steps: readonly ProgramStep[];
}

export type ProgramEntry =
  /** The activity at hand matches and is at least the `count`th such within `within` ms (by occurred_at). */
  | {
      readonly kind: 'behaviour';
      readonly name: string;
      readonly matches: (subject: Subject) => boolean;
      readonly count: number;
      readonly within: number;
    }
  /** The lead enters this stage. */
  | { readonly kind: 'stage'; readonly stage: string };

export interface ProgramStep {
  readonly id: string;
  /** After entry, ms. */
  readonly after: number;
  /** How late it may still be sent, ms; later it is recorded as suppressed (late). */
  readonly maxLateness: number;
  /** mail needs an address and consent; alert goes to sales. */
  readonly channel: 'mail' | 'alert';
  readonly template: string;
  /** List or topic that a mail belongs to: an opt-out of another one does not stop it. undefined: any opt-out does. */
  readonly topic: string | undefined;
}

export interface Routing {
  /** Entering this stage hands the lead to sales. */
  readonly onStage: string;
  readonly reason: string;
  /** Round-robin, in this order. */
  readonly reps: readonly Rep[];
}

export interface Rep {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

/** A fault in a model's files; `line` counts from 1. The running model stays in force. */
export interface ModelFault {
  readonly file: string;
  readonly line: number;
  readonly problem: string;
  /** What to write instead. */
  readonly remedy: string;
}

/** The model's files: path relative to the model's folder → text. */
export type ModelFiles = { readonly [path: string]: string };

export type Compiled =
  | { readonly ok: true; readonly model: Model }
  | { readonly ok: false; readonly faults: readonly ModelFault[] };

/** Port: turns files into a model. Deterministic; caching by content is the adapter's business. */
export type CompileModel = (files: ModelFiles) => Compiled;
