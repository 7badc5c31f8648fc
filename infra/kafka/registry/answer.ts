/** A request is answered with an error, in the shape and with the codes of Confluent's registry. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
  constructor(
    readonly status: number,
    /** `error_code` of the answer: what clients tell errors apart by. */
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

export function subjectNotFound(subject: string): RegistryError {
  return new RegistryError(404, 40401, `Subject '${subject}' not found.`);
}

export function versionNotFound(version: string | number): RegistryError {
  return new RegistryError(404, 40402, `Version ${version} not found.`);
}

export function schemaNotFound(id?: string): RegistryError {
  return new RegistryError(404, 40403, id === undefined ? 'Schema not found' : `Schema ${id} not found`);
}

export function noLevelOf(subject: string): RegistryError {
  return new RegistryError(404, 40408, `Subject '${subject}' does not have subject-level compatibility configured`);
}

export function incompatible(subject: string, reasons: readonly string[]): RegistryError {
  const text = `Schema being registered is incompatible with an earlier schema for subject "${subject}"`;
  return new RegistryError(409, 409, `${text}, details: [${reasons.join('; ')}]`);
}

export function invalidSchema(reason: string): RegistryError {
  return new RegistryError(422, 42201, `Invalid schema: ${reason}`);
}

export function invalidVersion(version: string): RegistryError {
  const allowed = 'Allowed values are between [1, 2^31-1] and the string "latest"';
  return new RegistryError(422, 42202, `The specified version '${version}' is not a valid version id. ${allowed}`);
}

export function invalidLevel(): RegistryError {
  return new RegistryError(
    422,
    42203,
    'Invalid compatibility level. Valid values are NONE, BACKWARD, FORWARD, FULL, BACKWARD_TRANSITIVE, FORWARD_TRANSITIVE, and FULL_TRANSITIVE',
  );
}
