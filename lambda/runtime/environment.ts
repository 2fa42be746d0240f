import type { z } from 'zod';

/** The function was deployed with variables that it can't work with. Values are not repeated: some variables are secrets. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
}

/** What `schema` reads of the environment. @throws {EnvironmentError} that names every variable which is missing or wrong. */
export function parseEnvironment<T extends z.ZodType>(schema: T, environment: Readonly<Record<string, string | undefined>>): z.output<T> {
  const parsed = schema.safeParse(environment);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => {
    const name = String(path[0] ?? '');
    return environment[name] === undefined ? `${name} is not set` : `${name}: ${message}`;
  });
  throw new EnvironmentError(`environment: ${problems.join('; ')}. Deploy the stack again: it sets these variables.`, {
    cause: parsed.error,
  });
}
