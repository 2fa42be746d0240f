import { describe, expect, it } from 'vitest';
import { NOT_YET } from '../../../lambda/core/config/not-yet.ts';
import { staleFiles } from '../../../scripts/generate-schema.ts';
import { type JsonSchema, renderJsonSchema } from '../../../scripts/render-json-schema.ts';

describe('the generated schema and reference', () => {
  it('are as committed; otherwise run node scripts/generate-schema.ts', async () => {
    expect(await staleFiles()).toEqual([]);
  });

  it('describe every key', () => {
    expect(undescribed(renderJsonSchema(), '')).toEqual([]);
  });

  it('mark every key that has no effect yet', () => {
    const text = JSON.stringify(renderJsonSchema());
    expect(text.match(/o effect yet in this version/g)?.length).toBe(NOT_YET.length);
  });
});

function undescribed(schema: JsonSchema, path: string): string[] {
  const properties = Object.entries(schema.properties ?? {}).flatMap(([key, property]) => [
    ...(property.description === undefined ? [`${path}.${key}`] : []),
    ...undescribed(property, `${path}.${key}`),
  ]);
  const values = typeof schema.additionalProperties === 'object' ? undescribed(schema.additionalProperties, `${path}.*`) : [];
  return [
    ...properties,
    ...values,
    ...(schema.items === undefined ? [] : undescribed(schema.items, `${path}[]`)),
    ...(schema.anyOf ?? []).flatMap((option) => undescribed(option, path)),
  ];
}
