/** Longer texts are not compared, since the cost grows with the product of the lengths. */
const LONGEST_COMPARED = 64;
/** Candidates that are looked at: enough for all time zones, and a file full of unknown names is still answered at once. */
const MOST_COMPARED = 600;

/** The candidate that `word` is most likely a misspelling of; undefined when none is near. Case and `-_ ` are ignored. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > LONGEST_COMPARED) return undefined;
  const folded = fold(word);
  let best: string | undefined;
  // One letter of two is no resemblance.
  let bestDistance = (folded.length < 3 ? 0 : Math.max(1, Math.floor(folded.length / 3))) + 1;
  let compared = 0;
  for (const candidate of candidates) {
    if (compared === MOST_COMPARED) break;
    compared += 1;
    const other = fold(candidate);
    if (Math.abs(other.length - folded.length) >= bestDistance) continue;
    const distance = editDistance(folded, other, bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** A sentence for `fix`: the nearest candidate, or up to `limit` of those there are. */
export function suggestion(word: string, candidates: readonly string[], what: string, limit = 20): string {
  const near = nearest(word, candidates);
  if (near !== undefined) return `did you mean ${near}?`;
  if (candidates.length === 0) return `there are no ${what}`;
  const listed = candidates.slice(0, limit).join(', ');
  return `${what}: ${listed}${candidates.length > limit ? `, and ${candidates.length - limit} more` : ''}`;
}

function fold(text: string): string {
  return text.toLowerCase().replace(/[-_\s]/g, '');
}

/** Insertions, deletions, replacements, and swaps of neighbours (optimal string alignment); gives up at `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min((previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (previous[column - 1] ?? 0) + (same ? 0 : 1));
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        cost = Math.min(cost, (beforePrevious[column - 2] ?? 0) + 1);
      }
      current.push(cost);
    }
    // A later row can't get below the lowest cost of two rows in a run.
    if (Math.min(...current) >= limit && Math.min(...previous) >= limit) return limit;
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}
