/** A pure function of a text, such as a hash. */
export type OfText<Answer> = (text: string) => Answer;

export interface Remembering {
  /** Answers kept at least; never more than twice as many. */
  readonly size: number;
  /** Longer texts are worked out each time, so that what is kept stays small. In characters. */
  readonly longest: number;
}

/** The same function, quick on texts that it was asked about lately. */
export function remembered<Answer extends NonNullable<unknown>>(
  of: OfText<Answer>,
  { size, longest }: Remembering,
): OfText<Answer> {
  let recent = new Map<string, Answer>();
  let older = new Map<string, Answer>();

  function keep(text: string, answer: Answer): Answer {
    if (recent.size === size) {
      older = recent;
      recent = new Map();
    }
    recent.set(text, answer);
    return answer;
  }

  return (text) => {
    const known = recent.get(text);
    if (known !== undefined) return known;
    return text.length > longest ? of(text) : keep(text, older.get(text) ?? of(text));
  };
}
