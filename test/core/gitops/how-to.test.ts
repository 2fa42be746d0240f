import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseDocument, stringify } from 'yaml';
import { renderIgnore } from '../../../lambda/core/gitops/snippet.ts';
import { renderTrigger } from '../../../lambda/core/publish/render-trigger.ts';

const page = readFileSync(new URL('../../../docs/how-to/gitops.md', import.meta.url), 'utf8');
const block = (name: string) => new RegExp(`\`\`\`yaml ${name}\n([\\s\\S]*?)\`\`\``).exec(page)?.[1];
const target = { cluster: 'prod-use1', kind: 'ScaledObject', namespace: 'inference', name: 'llama-8b' } as const;

describe('docs/how-to/gitops.md', () => {
  it('shows what `foretide render gitops` prints', () => {
    const shop = { tool: 'argocd', kind: 'Application', namespace: undefined, name: 'shop' } as const;
    const apps = { tool: 'flux', kind: 'Kustomization', namespace: 'flux-system', name: 'apps' } as const;
    expect(block('argocd')).toBe(renderIgnore(shop, target, ['min']).yaml);
    expect(block('flux')).toBe(renderIgnore(apps, target, ['min']).yaml);
  });

  it('shows the trigger that `foretide render keda-trigger` prints', () => {
    expect(block('trigger')).toBe(stringify(renderTrigger(target, 'http://foretide.keda.svc:7117')[0], { lineWidth: 0 }));
  });

  it('has no YAML that does not parse', () => {
    const texts = [...page.matchAll(/```yaml.*\n([\s\S]*?)```/g)].map(([, text = '']) => text);
    expect(texts.length).toBeGreaterThan(4);
    for (const text of texts) expect(parseDocument(text).errors).toEqual([]);
  });
});
