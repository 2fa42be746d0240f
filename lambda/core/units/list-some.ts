/** `a, b and 3 more`: the first `most` of the names, and how many are left. */
export function listSome(names: readonly string[], most: number): string {
  const rest = names.length - most;
  return `${names.slice(0, most).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
