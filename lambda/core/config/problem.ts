/** Keys and list positions from the root of the file. */
export type Path = readonly (string | number)[];

/** Something wrong at a path, before it is known on which line that is. */
export type Finding = {
  readonly path: Path;
  /** Completes "`path` …": `must be at least 0`. */
  readonly message: string;
  /** What to do about it. */
  readonly fix?: string;
  /** The key itself is wrong, not its value. */
  readonly atKey?: boolean;
};

/** Something wrong in a file. Lines and columns count from 1. */
export type ConfigProblem = {
  /** `workloads[0].bounds.min`; empty for the file as a whole. */
  readonly path: string;
  readonly line: number;
  readonly column: number;
  /** The offending value as written, cut to about 60 characters; empty when there is none. */
  readonly value: string;
  readonly message: string;
  readonly fix?: string;
};

/** Something worth knowing about a file that is valid: a key without effect in this version, or a likely mistake. */
export type ConfigNote = {
  readonly kind: 'no-effect-yet' | 'warning';
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
};

const MOST_PRINTED = 100;
const LONGEST_VALUE = 60;

/** Every problem of a file at once; a usage error (exit code 2), never a crash. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly fileName: string;
  readonly problems: readonly ConfigProblem[];

  constructor(fileName: string, problems: readonly ConfigProblem[]) {
    super(renderProblems(fileName, problems));
    this.fileName = fileName;
    this.problems = problems;
  }
}

/** `foretide.yaml:12:5 workloads[0].bounds.min: must be at least 0 (got -1)`, its fix indented below; at most 100 problems. */
function renderProblems(fileName: string, problems: readonly ConfigProblem[]): string {
  const lines = problems.slice(0, MOST_PRINTED).map((problem) => {
    const place = `${fileName}:${problem.line}:${problem.column}${problem.path === '' ? ':' : ` ${problem.path}:`}`;
    // A whole map says no more than its path does.
    const named =
      problem.value === '' || names(problem.message, problem.value) || (/^[{[]/.test(problem.value) && problem.value.length > 30);
    return `${place} ${problem.message}${named ? '' : ` (got ${problem.value})`}${problem.fix === undefined ? '' : `\n    fix: ${problem.fix}`}`;
  });
  const rest = problems.length - MOST_PRINTED;
  return [...lines, ...(rest > 0 ? [`and ${rest} more`] : [])].join('\n');
}

/** A problem of the one event of a list, without its place: completes "event x …". */
export function describeEntryProblem({ path, message, value, fix }: ConfigProblem): { readonly problem: string; readonly fix?: string } {
  const key = path.replace(/^\[0\]\.?/, '');
  const problem = `has ${key === '' ? 'settings' : key}${value === '' ? '' : ` ${value}`}, which ${message}`;
  return { problem, ...(fix === undefined ? {} : { fix }) };
}

function names(message: string, value: string): boolean {
  return message.split(/[\s,:;()]+/).includes(value);
}

/** `foretide.yaml:12:5 workloads[0].slo: has no effect in this version` */
export function renderNote(fileName: string, note: ConfigNote): string {
  return `${fileName}:${note.line}:${note.column} ${note.path}: ${note.message}`;
}

/** `['workloads', 0, 'bounds']` → `workloads[0].bounds`; keys that are no plain words in quotes. */
export function renderPath(path: Path): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      if (!/^[A-Za-z_][A-Za-z0-9_-]*$/.test(part)) return `[${cut(JSON.stringify(part))}]`;
      return index === 0 ? part : `.${part}`;
    })
    .join('');
}

/** One line of at most about `longest` characters, without control characters. */
export function cut(text: string, longest = LONGEST_VALUE): string {
  // A lone half of a surrogate pair at the cut would print as a replacement character.
  const head = text.slice(0, longest).replace(/[\uD800-\uDBFF]$/, '');
  const clean = head.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    character === '\n' ? '\\n' : character === '\t' ? '\\t' : '·',
  );
  return text.length > longest ? `${clean}…` : clean;
}
