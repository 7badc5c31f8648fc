/** A reason for which an import is not done; the message is one plain line that says what to do. The log is as it was. */
export class ImportRefused extends Error {
  override readonly name = 'ImportRefused';
}
