import { remedyFor } from '#lib/model/engine';
import type { CompileModel, Model, ModelFiles } from '#lib/model/model';
import type { ModelApplied } from '#schemas/generated/records';

/** The models a partition has seen, and the one in force: plain data, the same for all its leads. */
export interface InForce {
  /** Version of the model in force; empty before the first. */
  readonly current: string;
  readonly files: { readonly [version: string]: ModelFiles };
}

export const NO_MODEL: InForce = { current: '', files: {} };

/** A model governs from its record on; older ones stay, since what they decided still names them. */
export function applied(inForce: InForce, { model_version, files }: ModelApplied): InForce {
  return { current: model_version, files: { ...inForce.files, [model_version]: files } };
}

/** Compiled models by version, compiled once. */
export class Models {
  readonly #compile: CompileModel;
  readonly #compiled = new Map<string, Model>();

  constructor(compile: CompileModel) {
    this.#compile = compile;
  }

  /** The model in force; undefined before the first. */
  current(inForce: InForce): Model | undefined {
    return inForce.current === '' ? undefined : this.of(inForce, inForce.current);
  }

  /** Throws if the version was never applied, or can't be compiled by this code: an instance too old must stop. */
  of(inForce: InForce, version: string): Model {
    const known = this.#compiled.get(version);
    if (known !== undefined) return known;
    const files = inForce.files[version];
    if (files === undefined) throw new Error(`model ${version} was never applied`);
    const compiled = this.#compile(files);
    if (!compiled.ok) {
      const fault = compiled.faults[0];
      throw new Error(
        `model ${version} is not understood: ${fault?.file}:${fault?.line} ${fault?.problem}; ${remedyFor(files)}`,
      );
    }
    this.#compiled.set(version, compiled.model);
    return compiled.model;
  }
}
