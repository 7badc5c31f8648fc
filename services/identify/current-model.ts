import type { TableReader } from '#lib/flow/store';
import { ENGINES, engineOf, remedyFor } from '#lib/model/engine';
import type { CompileModel, Model, ModelFiles } from '#lib/model/model';
import { MODEL } from '#services/identify/state';

/** The model in force in a shard, compiled once. */
export class CurrentModel {
  readonly #compile: CompileModel;
  #known: { readonly version: string; readonly model: Model | undefined } = { version: '', model: undefined };

  constructor(compile: CompileModel) {
    this.#compile = compile;
  }

  /**
   * The model in force, of which this is the version; undefined before the first, and if it was accepted though it does not
   * compile. Throws if this code does not know its engine: the instance is too old and must stop.
   */
  of(state: TableReader, version: string): Model | undefined {
    if (version !== this.#known.version) this.#known = { version, model: this.#compiled(state, version) };
    return this.#known.model;
  }

  #compiled(state: TableReader, version: string): Model | undefined {
    const files = state.get(MODEL) as ModelFiles | undefined;
    if (files === undefined) return undefined;
    const engine = engineOf(files);
    if (engine !== 0 && !ENGINES.includes(engine)) {
      throw new Error(`model ${version} has engine ${engine}, which this version does not know; ${remedyFor(files)}`);
    }
    const compiled = this.#compile(files);
    return compiled.ok ? compiled.model : undefined;
  }
}
