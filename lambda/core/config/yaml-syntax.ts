import { Composer, type Document, isScalar, LineCounter, Parser, type YAMLParseError } from 'yaml';
import { type ConfigProblem, cut } from './problem.ts';

/** Characters of a file; a thousand workloads and events fit several times. */
const MOST_CHARACTERS = 1_000_000;
/** Levels of maps and lists. */
export const DEEPEST = 32;
/** Unclosed brackets before the YAML parser is not even asked; far above what strings and comments hold. */
const MOST_OPEN_BRACKETS = 2_000;
/** Syntax errors are reported up to here; one often causes the rest. */
const MOST_SYNTAX_PROBLEMS = 10;

export type Position = { readonly line: number; readonly column: number };

export type Syntax = { readonly document: Document; readonly lines: LineCounter };

/** The one YAML 1.2 document of a text, or what is wrong with it. */
export function parseSyntax(text: string): Syntax | readonly ConfigProblem[] {
  const unreadable = problemOfText(text);
  if (unreadable !== undefined) return [unreadable];
  const lines = new LineCounter();
  const { document, errors } = compose(text, lines);
  if (errors.length > 0) return errors;
  const content = document?.contents;
  if (document === undefined || content === null || (isScalar(content) && content.value === null)) {
    return [wholeFile('the file is empty', 'start from examples/reference.yaml: clusters, workloads and one event')];
  }
  if (document.directives?.yaml.explicit === true && document.directives.yaml.version !== '1.2') {
    return [wholeFile('is written for YAML 1.1, which reads yes, no and 12:30 differently', 'remove the %YAML line')];
  }
  return { document, lines };
}

export function wholeFile(message: string, fix: string, line = 1, column = 1): ConfigProblem {
  return { path: '', line, column, value: '', message, fix };
}

function problemOfText(text: string): ConfigProblem | undefined {
  if (text.length > MOST_CHARACTERS) {
    return wholeFile(
      `the file has ${text.length} characters, more than the ${MOST_CHARACTERS} that are read`,
      'move events into a calendar source: sources: [{ file: events.yaml }]',
    );
  }
  const foreign = /[\uFFFD\0]/.exec(text);
  if (foreign !== null) {
    const before = text.slice(0, foreign.index).split('\n');
    return wholeFile('the file is not valid UTF-8 text', 'save it as UTF-8', before.length, (before.at(-1)?.length ?? 0) + 1);
  }
  let open = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 0x5b || code === 0x7b) open += 1;
    else if ((code === 0x5d || code === 0x7d) && open > 0) open -= 1;
    if (open > MOST_OPEN_BRACKETS) return tooDeep();
  }
  return undefined;
}

/** What `parseDocument` does, but it gives up after a few syntax errors: a megabyte of them takes it many seconds. */
function compose(text: string, lines: LineCounter): { readonly document: Document | undefined; readonly errors: readonly ConfigProblem[] } {
  let errorTokens = 0;
  function* tokens() {
    for (const token of new Parser(lines.addNewLine).parse(text)) {
      if (token.type === 'error') errorTokens += 1;
      if (errorTokens > MOST_SYNTAX_PROBLEMS) return;
      yield token;
    }
  }
  const composer = new Composer({ version: '1.2', prettyErrors: false, uniqueKeys: false, logLevel: 'silent' });
  let document: Document | undefined;
  for (const next of composer.compose(tokens(), true, text.length)) {
    if (document !== undefined) {
      const { line, column } = place(lines, next.range[0]);
      return {
        document,
        errors: [wholeFile('the file holds several YAML documents', 'keep one document: remove the --- lines', line, column)],
      };
    }
    document = next;
  }
  return { document, errors: (document?.errors ?? []).slice(0, MOST_SYNTAX_PROBLEMS).map((error) => syntaxProblem(error, lines)) };
}

export function tooDeep(line = 1, column = 1): ConfigProblem {
  return wholeFile(
    `the file is nested deeper than ${DEEPEST} levels`,
    'a configuration needs no more than 10; look for unclosed brackets',
    line,
    column,
  );
}

const SYNTAX_FIXES: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'indent with spaces; YAML allows no tabs there',
  BAD_INDENT: 'align the line with its neighbours',
  BLOCK_AS_IMPLICIT_KEY: 'put a text that contains ": " in quotes, or start a new line',
  MISSING_CHAR: 'close the quote or bracket, or add the missing comma or colon',
  BAD_ALIAS: 'put a text that starts with * in quotes',
  BAD_SCALAR_START: 'put a text that starts with @, ` or % in quotes',
  BAD_DQ_ESCAPE: 'use single quotes, or double the backslash',
  MULTILINE_IMPLICIT_KEY: 'add the missing colon after the key',
  UNEXPECTED_TOKEN: 'put a text that has special characters in quotes',
};

function syntaxProblem(error: YAMLParseError, lines: LineCounter): ConfigProblem {
  const { line, column } = place(lines, error.pos[0]);
  if (error.code === 'RESOURCE_EXHAUSTION') return tooDeep(line, column);
  const fix = SYNTAX_FIXES[error.code] ?? 'compare with examples/reference.yaml';
  return wholeFile(
    `is not valid YAML: ${cut(error.message.replace(/[.:]\s*$/, '')).replace(/^./, (first) => first.toLowerCase())}`,
    fix,
    line,
    column,
  );
}

export function place(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}
