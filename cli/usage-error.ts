/** The command was asked for something that it can't do as asked: exit code 2, a message, no stack trace. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
