import type { KubeObject } from '../objects.ts';
import { badRequest } from './status.ts';

export type Predicate = (object: KubeObject) => boolean;

/** Kubernetes' label selectors: `a=b`, `a==b`, `a!=b`, `a in (b,c)`, `a notin (b)`, `a`, `!a`, joined by commas. */
export function parseLabelSelector(text: string): Predicate {
  const predicates = splitTopLevel(text).map((part) => parseRequirement(part, text));
  return ({ metadata: { labels = {} } }) => predicates.every((matches) => matches(labels));
}

function parseRequirement(part: string, whole: string): (labels: Readonly<Record<string, string>>) => boolean {
  const set = /^([\w./-]+)\s+(in|notin)\s+\(([^()]*)\)$/.exec(part);
  if (set !== null) {
    const [, key = '', operator, list = ''] = set;
    const values = list.split(',').map((value) => value.trim());
    return (labels) => {
      const value = labels[key];
      return operator === 'in' ? value !== undefined && values.includes(value) : value === undefined || !values.includes(value);
    };
  }
  const equality = /^([\w./-]+)\s*(==|=|!=)\s*([\w.-]*)$/.exec(part);
  if (equality !== null) {
    const [, key = '', operator, value = ''] = equality;
    return (labels) => (operator === '!=' ? labels[key] !== value : labels[key] === value);
  }
  const existence = /^(!?)\s*([\w./-]+)$/.exec(part);
  if (existence !== null) {
    const [, not, key = ''] = existence;
    return (labels) => (labels[key] !== undefined) === (not === '');
  }
  throw badRequest(`unable to parse requirement: found '${part}' in label selector "${whole}"`);
}

const FIELDS: Readonly<Record<string, (object: KubeObject) => string>> = {
  'metadata.name': ({ metadata }) => metadata.name,
  'metadata.namespace': ({ metadata }) => metadata.namespace ?? '',
  'spec.nodeName': ({ spec }) => textAt(spec, 'nodeName'),
  'status.phase': ({ status }) => textAt(status, 'phase'),
  'involvedObject.name': (object) => textAt(textHolder(object, 'involvedObject'), 'name'),
  'involvedObject.namespace': (object) => textAt(textHolder(object, 'involvedObject'), 'namespace'),
  'involvedObject.kind': (object) => textAt(textHolder(object, 'involvedObject'), 'kind'),
  'involvedObject.uid': (object) => textAt(textHolder(object, 'involvedObject'), 'uid'),
  reason: (object) => textAt(object, 'reason'),
  type: (object) => textAt(object, 'type'),
};

export function parseFieldSelector(text: string): Predicate {
  const predicates = text
    .split(',')
    .filter((part) => part !== '')
    .map((part): Predicate => {
      const match = /^([\w.]+)(==|=|!=)(.*)$/.exec(part.trim());
      if (match === null) throw badRequest(`invalid selector: '${text}'; can't understand '${part}'`);
      const [, field = '', operator, value = ''] = match;
      const read = FIELDS[field];
      if (read === undefined) throw badRequest(`field label not supported: ${field}`);
      return (object) => (read(object) === value) === (operator !== '!=');
    });
  return (object) => predicates.every((matches) => matches(object));
}

function textHolder(object: object, key: string): object | undefined {
  const value: unknown = Reflect.get(object, key);
  return typeof value === 'object' && value !== null ? value : undefined;
}

function textAt(object: object | undefined, key: string): string {
  const value: unknown = object === undefined ? undefined : Reflect.get(object, key);
  return typeof value === 'string' ? value : '';
}

function splitTopLevel(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index <= text.length; index += 1) {
    const character = text.charAt(index);
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if ((character === ',' && depth === 0) || index === text.length) {
      const part = text.slice(start, index).trim();
      if (part !== '') parts.push(part);
      start = index + 1;
    }
  }
  return parts;
}
