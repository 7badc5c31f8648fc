/** The stages of the model at hand. */
export interface KnownStages {
  readonly names: ReadonlySet<string>;
  /** The one that visitors alone are in: nobody is written to or handed over there; undefined: there is none. */
  readonly ofVisitors: string | undefined;
}
