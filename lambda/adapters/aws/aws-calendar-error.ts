/** A calendar kept in AWS can't be read; says which, why, and what to do. */
export class AwsCalendarError extends Error {
  override readonly name = 'AwsCalendarError';
}

/** What an AWS client threw, with advice where the reason is a known one. */
export function describeAwsFailure(name: string, error: unknown, advice: ReadonlyMap<string, string>): AwsCalendarError {
  const code = error instanceof Error ? error.name : '';
  const problem = error instanceof Error ? error.message || error.name : String(error);
  return new AwsCalendarError(`Calendar ${name} can't be read: ${problem}${advice.get(code) ?? ''}.`, { cause: error });
}
