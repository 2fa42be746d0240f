import { z } from 'zod';
import { cut, type Finding, type Path } from './problem.ts';
import { Expectations } from './sections/fields.ts';
import { nearest } from './suggest.ts';

type Issue = z.core.$ZodIssue;

/** What `schema` has against `value`, in words; every issue, those inside unions of the alternative that was meant. */
export function findSchemaProblems(schema: z.ZodType, value: unknown, base: Path = []): Finding[] {
  const result = schema.safeParse(value);
  return result.success ? [] : result.error.issues.flatMap((issue) => explain(issue, schema, value, base));
}

function explain(issue: Issue, root: z.core.$ZodType, rootValue: unknown, base: Path): Finding[] {
  const local = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
  const path = [...base, ...local];
  const schema = schemaAt(root, rootValue, local, issue.code !== 'invalid_union' && issue.code !== 'invalid_type');
  const value = valueAt(rootValue, local);
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(key, [...path, key], schema));
  const expectation = expectationOf(schema);
  if (value === undefined) {
    const oneOf = schema instanceof z.ZodEnum ? `write one of ${schema.options.join(', ')}` : undefined;
    return [
      {
        path,
        message: 'is required',
        fix: oneOf ?? (expectation === undefined ? 'add it; see examples/reference.yaml' : `write for example ${expectation.example}`),
      },
    ];
  }
  if (value === null) return [{ path, message: 'is empty', fix: 'write a value, or remove the key' }];
  switch (issue.code) {
    case 'invalid_type':
      return [
        {
          path,
          message: `must be ${expectation?.expects ?? kindOf(issue.expected)}`,
          ...fixOf(typeFix(value, issue.expected, expectation)),
        },
      ];
    case 'invalid_value': {
      const allowed = issue.values.map(String);
      const near = typeof value === 'string' ? nearest(value, allowed) : undefined;
      const message = `must be ${allowed.length === 1 ? '' : 'one of '}${allowed.join(', ')}`;
      return [
        {
          path,
          message,
          ...fixOf(
            near && allowed.length > 1
              ? `did you mean ${near}?`
              : (versionFix(path) ?? (expectation && `write for example ${expectation.example}`)),
          ),
        },
      ];
    }
    case 'too_small':
    case 'too_big':
      return [{ path, message: sizeMessage(issue), ...fixOf(sizeFix(issue, expectation)) }];
    case 'invalid_union':
      return explainUnion(issue, schema, value, path);
    case 'invalid_key':
      return issue.issues.flatMap((inner) => [{ path, message: inner.message, atKey: true, ...fixOf(adviceOf(inner)) }]);
    case 'custom':
      return [{ path, message: issue.message, ...fixOf(adviceOf(issue)), ...(issue.params?.hideValue === true ? { atKey: true } : {}) }];
    case 'invalid_element':
    case 'invalid_format':
    case 'not_multiple_of':
      return [{ path, message: issue.message, ...fixOf(expectation && `write for example ${expectation.example}`) }];
  }
}

function fixOf(fix: string | undefined): { fix?: string } {
  return fix === undefined ? {} : { fix };
}

function adviceOf(issue: Issue): string | undefined {
  const given: unknown = issue.code === 'custom' ? issue.params?.fix : undefined;
  // Advice that takes a search is given as a function: it is asked for once, and only for what is reported.
  const fix: unknown = typeof given === 'function' ? given() : given;
  return typeof fix === 'string' ? fix : undefined;
}

function versionFix(path: Path): string | undefined {
  return path.length === 1 && path[0] === 'version' ? 'write version: 1, or use a release of Foretide that reads this version' : undefined;
}

function unknownKey(key: string, path: Path, schema: z.core.$ZodType | undefined): Finding {
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  const near = nearest(key, known);
  return {
    path,
    message: 'is not a known key',
    atKey: true,
    ...fixOf(near === undefined ? `known keys: ${known.join(', ')}` : `did you mean ${near}?`),
  };
}

function kindOf(expected: string): string {
  switch (expected) {
    case 'object':
    case 'record':
      return 'a map';
    case 'array':
      return 'a list';
    case 'string':
      return 'a text';
    case 'boolean':
      return 'true or false';
    case 'int':
      return 'a whole number';
    default:
      return `a ${expected}`;
  }
}

function typeFix(value: unknown, expected: string, expectation: Expectation | undefined): string | undefined {
  const example = expectation === undefined ? undefined : `write for example ${expectation.example}`;
  if (expected === 'array') return typeof value === 'object' ? 'start each entry with a dash' : `write a list: [${cut(String(value))}]`;
  if (typeof value === 'number') {
    if (Number.isNaN(value) || !Number.isFinite(value)) return example;
    return expectation?.numberFix?.(value) ?? (expected === 'string' ? `put it in quotes: "${value}"` : example);
  }
  if (typeof value === 'string') {
    if (expected === 'boolean' && /^(yes|on|y)$/i.test(value)) return 'write true';
    if (expected === 'boolean' && /^(no|off|n)$/i.test(value)) return 'write false';
    const number = Number(value);
    if ((expected === 'number' || expected === 'int') && value.trim() !== '' && Number.isFinite(number))
      return `remove the quotes: ${number}`;
  }
  if (expected === 'string' && typeof value === 'boolean') return `put it in quotes: "${value}"`;
  return example;
}

function sizeFix(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig, expectation: Expectation | undefined): string | undefined {
  if (issue.origin === 'array') return issue.code === 'too_small' ? 'add an entry' : 'split the list';
  return expectation && `write ${expectation.expects}, such as ${expectation.example}`;
}

function sizeMessage(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  const small = issue.code === 'too_small';
  const limit = small ? issue.minimum : issue.maximum;
  if (issue.origin === 'array')
    return small ? `must have at least ${limit} entr${limit === 1 ? 'y' : 'ies'}` : `has more than ${limit} entries`;
  if (issue.origin === 'string') return small ? 'is empty' : `is longer than ${limit} characters`;
  if (issue.inclusive === false) return `must be ${small ? 'above' : 'below'} ${limit}`;
  return `must be at ${small ? 'least' : 'most'} ${limit}`;
}

/** In the words of the alternative that was meant, or of the union. */
function explainUnion(issue: z.core.$ZodIssueInvalidUnion, schema: z.core.$ZodType | undefined, value: unknown, path: Path): Finding[] {
  const options: readonly z.core.$ZodType[] = schema instanceof z.ZodUnion ? schema.options : [];
  const best = bestAlternative(issue.errors, value);
  const option = best === undefined ? undefined : options[best];
  if (best !== undefined && option !== undefined) return (issue.errors[best] ?? []).flatMap((inner) => explain(inner, option, value, path));
  const expectation = expectationOf(schema);
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
  const fix = Number.isFinite(number) ? `remove the quotes: ${number}` : expectation && `write for example ${expectation.example}`;
  return [{ path, message: `must be ${expectation?.expects ?? 'of another kind'}`, ...fixOf(fix) }];
}

/** The value is not even of the alternative's kind. */
const OTHER_KIND = 1_000;

function mismatchOf(issues: readonly Issue[], value: unknown): number {
  let mismatch = 0;
  for (const issue of issues) {
    if (issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value')) {
      // A number of the wrong sort (1.5, .nan) is still meant as the number.
      if (issue.code === 'invalid_type' && typeof value === 'number' && (issue.expected === 'int' || issue.expected === 'number')) continue;
      mismatch += OTHER_KIND;
    } else if (issue.code === 'unrecognized_keys') mismatch += issue.keys.length;
    else if (issue.path.length === 1 && valueAt(value, issue.path.map(String)) === undefined) mismatch += 1;
  }
  return mismatch;
}

/**
 * The schema of the value at `path`, behind optional, default and transform wrappers; of a union the alternative
 * that was meant, at the end of the path only with `decideLast`. Undefined where that can't be told.
 */
function schemaAt(root: z.core.$ZodType, rootValue: unknown, path: Path, decideLast: boolean): z.core.$ZodType | undefined {
  let schema: z.core.$ZodType | undefined = unwrap(root);
  let value = rootValue;
  for (const part of path) {
    schema = alternativeOf(schema, value);
    if (schema instanceof z.ZodObject) schema = schema.shape[String(part)];
    else if (schema instanceof z.ZodArray) schema = schema.element;
    else if (schema instanceof z.ZodRecord) schema = schema.valueType;
    else return undefined;
    if (schema === undefined) return undefined;
    schema = unwrap(schema);
    value = valueAt(value, [part]);
  }
  return decideLast ? (alternativeOf(schema, value) ?? schema) : schema;
}

function alternativeOf(schema: z.core.$ZodType, value: unknown): z.core.$ZodType | undefined {
  if (!(schema instanceof z.ZodUnion)) return schema;
  const options: readonly z.core.$ZodType[] = schema.options;
  const best = bestAlternative(
    options.map((option) => z.safeParse(option, value).error?.issues ?? []),
    value,
  );
  const option = best === undefined ? undefined : options[best];
  return option && unwrap(option);
}

/** The index of the alternative with the fewest signs that another was meant; undefined when several have as few. */
function bestAlternative(issuesOfOptions: readonly (readonly Issue[])[], value: unknown): number | undefined {
  const mismatches = issuesOfOptions.map((issues) => mismatchOf(issues, value));
  const least = Math.min(...mismatches);
  const best = mismatches.indexOf(least);
  return least < OTHER_KIND && mismatches.lastIndexOf(least) === best ? best : undefined;
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodExactOptional ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodDefault
  )
    return unwrap(schema.unwrap());
  // What was written is the input of a transformation.
  if (schema instanceof z.ZodPipe && expectationOf(schema) === undefined) return unwrap(schema.in);
  return schema;
}

type Expectation = { readonly expects: string; readonly example: string; readonly numberFix?: (number: number) => string };

function expectationOf(schema: z.core.$ZodType | undefined): Expectation | undefined {
  return schema === undefined ? undefined : Expectations.get(schema);
}

function valueAt(value: unknown, path: Path): unknown {
  let current = value;
  for (const part of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, part)) return undefined;
    current = (current as Record<string | number, unknown>)[part];
  }
  return current;
}
