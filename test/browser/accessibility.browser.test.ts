import axe from 'axe-core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { renderReplayPage } from '../../report/page.ts';
import { renderSimulationPage } from '../../report/simulation-page.ts';
import { buildExampleReport } from '../fixtures/replay-example.ts';
import { buildExampleSimulation } from '../fixtures/simulation-example.ts';
import { enliven, openInBrowser } from './browser.ts';

const Findings = z.array(z.object({ id: z.string(), impact: z.string().nullable(), nodes: z.array(z.object({ html: z.string() })) }));

const PAGES = [
  ['replay', () => renderReplayPage(buildExampleReport())],
  ['simulation', () => renderSimulationPage(buildExampleSimulation(8))],
] as const;

describe.each(PAGES)('axe on the %s page', (_name, render) => {
  const withPage = openInBrowser(render);

  it.each(['light', 'dark'] as const)('finds nothing serious in the %s scheme, on a desk and on a phone', async (colorScheme) => {
    for (const width of [1280, 360]) {
      await withPage({ colorScheme, viewport: { width, height: 900 } }, async (page) => {
        await enliven(page);
        await page.evaluate(axe.source);
        const found = Findings.parse(
          await page.evaluate("axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)"),
        );
        const serious = found.filter(({ impact }) => impact === 'serious' || impact === 'critical');
        expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' · ')}`)).toEqual([]);
      });
    }
  });
});
