/** The bytes of a request are not what they say they are; the same bytes will never be taken. */
export class MalformedWriteError extends Error {
  override readonly name = 'MalformedWriteError';
}

/** A request is larger than is taken, whatever is in it. */
export class OversizedWriteError extends Error {
  override readonly name = 'OversizedWriteError';
}
