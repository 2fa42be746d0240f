/** A text that is no quantity. `message` completes "the value …"; `fix` says what to write instead. */
export class QuantityError extends Error {
  override readonly name = 'QuantityError';
  readonly fix: string;

  constructor(message: string, fix: string) {
    super(message);
    this.fix = fix;
  }
}
