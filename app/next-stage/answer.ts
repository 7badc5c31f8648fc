import type { Scoring, StageLadder } from '#lib/model/model';

/** A stage up the ladder that a lead can come to by one move, as the API and `explain --json` give it. */
export interface NextStage {
  readonly stage: string;
  readonly moves: readonly NextMove[];
}

/** A move that leads there. It is made once all conditions hold at a time. */
export interface NextMove {
  readonly move: string;
  /** In the marketer's words. */
  readonly reason: string;
  readonly conditions: readonly NextCondition[];
}

/** A condition of a move as stages.yaml has it, and how far the lead is. */
export interface NextCondition {
  /** The key in stages.yaml, like grade_at_least. */
  readonly condition: string;
  readonly wants: string | number | boolean | readonly string[];
  /** What the lead has of it: its score, grade, time …; null: nothing, or it has to happen. */
  readonly has: string | number | boolean | readonly string[] | null;
  readonly met: boolean;
  /** In words: what holds, or what is missing. */
  readonly text: string;
}

/** What the model in force decides by. */
export interface Deciding {
  readonly stages: Pick<StageLadder, 'initial' | 'isOwn' | 'ladder' | 'moves'>;
  readonly scoring: Pick<Scoring, 'rules' | 'hasCaps'>;
}
