/** The paths of fields that a JSON text names twice in one object, as kube-apiserver's strict decoder reports them. The text is known to parse. */
export function findDuplicateFields(text: string): readonly string[] {
  const duplicates: string[] = [];
  type Level = { readonly path: string; readonly seen: Set<string> | undefined; key: string; index: number };
  const levels: Level[] = [];
  const pathOf = (level: Level | undefined): string =>
    level === undefined
      ? ''
      : level.seen === undefined
        ? `${level.path}[${level.index}]`
        : level.path === ''
          ? level.key
          : `${level.path}.${level.key}`;
  // Strings are taken whole, so that braces and commas inside them don't count.
  for (const match of text.matchAll(/"((?:[^"\\]|\\.)*)"(\s*:)?|[{}[\],]/gs)) {
    const top = levels.at(-1);
    switch (match[0]) {
      case '{':
        levels.push({ path: pathOf(top), seen: new Set(), key: '', index: 0 });
        break;
      case '[':
        levels.push({ path: pathOf(top), seen: undefined, key: '', index: 0 });
        break;
      case '}':
      case ']':
        levels.pop();
        break;
      case ',':
        if (top !== undefined) top.index += 1;
        break;
      default:
        if (match[2] !== undefined && top?.seen !== undefined) {
          top.key = String(JSON.parse(`"${match[1] ?? ''}"`));
          if (top.seen.has(top.key)) duplicates.push(pathOf(top));
          top.seen.add(top.key);
        }
    }
  }
  return duplicates;
}
