import { z } from 'zod';
import { NOT_YET } from '../lambda/core/config/not-yet.ts';
import { Config } from '../lambda/core/config/schema.ts';

/** The part of JSON Schema (draft 2020-12) that the configuration needs. */
export type JsonSchema = {
  description?: string;
  type?: string;
  const?: unknown;
  enum?: readonly unknown[];
  default?: unknown;
  pattern?: string;
  examples?: readonly unknown[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  properties?: Record<string, JsonSchema>;
  required?: readonly string[];
  items?: JsonSchema;
  additionalProperties?: JsonSchema | boolean;
  anyOf?: JsonSchema[];
};

/** The schema for editors; keys without effect say so. */
export function renderJsonSchema(): JsonSchema {
  const { $schema, ...schema } = z.toJSONSchema(Config, { io: 'input' }) as JsonSchema & { $schema: string };
  for (const { key, value, instead } of NOT_YET) {
    for (const place of find(schema, key.split('.'))) {
      const subject = value === undefined ? 'No' : `${value}: no`;
      place.description =
        `${place.description ?? ''} (${subject} effect yet in this version${instead === undefined ? '' : `; ${instead}`}.)`.trim();
    }
  }
  const id = 'https://foretide.dev/schema/foretide.schema.json';
  return Object.assign({ $schema, $id: id, title: 'Foretide configuration (foretide.yaml)' }, schema);
}

function find(schema: JsonSchema, parts: readonly string[]): JsonSchema[] {
  const [part, ...rest] = parts;
  if (part === undefined) return [schema];
  const property = schema.properties?.[part.replace(/\[\]$/, '')];
  const places = [...(property === undefined ? [] : [part.endsWith('[]') ? (property.items ?? {}) : property])];
  return [...places.flatMap((place) => find(place, rest)), ...(schema.anyOf ?? []).flatMap((option) => find(option, parts))];
}
