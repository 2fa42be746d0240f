import { describe, expect, it } from 'vitest';
import { renderReplayPage } from '../../report/page.ts';
import { buildExampleReport } from '../fixtures/replay-example.ts';
import { enliven, openInBrowser } from './browser.ts';

const LIGHT_SURFACE = 'rgb(255, 255, 255)';
const DARK_SURFACE = 'rgb(20, 23, 28)';
const PICTURES = 4;
/** Words have a rim of this width, which counts as part of them. */
const RIM_PX = 3.5;

describe('the replay page where no script runs', () => {
  const withPage = openInBrowser(() => renderReplayPage(buildExampleReport()));

  it.each([
    [360, 'narrow'],
    [700, 'medium'],
    [1280, 'wide'],
  ])('shows at %i px the %s drawing of each picture, and every word of it inside', async (width, size) => {
    await withPage({ viewport: { width, height: 800 }, javaScriptEnabled: false }, async (page) => {
      const shown = page.locator('figure .ft-chart[role=img]').filter({ visible: true });
      expect(await shown.count()).toBe(PICTURES);
      expect(await page.locator(`figure .${size} .ft-chart`).filter({ visible: true }).count()).toBe(PICTURES);
      for (const chart of await shown.all()) {
        const frame = await chart.boundingBox();
        if (frame === null) throw new Error('the picture is not shown');
        expect(frame.x + frame.width).toBeLessThanOrEqual(width);
        for (const text of await chart.locator('text').all()) {
          const box = await text.boundingBox();
          if (box === null) throw new Error('a word is not shown');
          expect(box.x).toBeGreaterThanOrEqual(frame.x - RIM_PX);
          expect(box.x + box.width).toBeLessThanOrEqual(frame.x + frame.width + RIM_PX);
          expect(box.height).toBeGreaterThanOrEqual(9);
        }
      }
      expect(await page.locator('.key button').count()).toBe(0);
    });
  });
});

describe('the replay page in a real browser', () => {
  const withPage = openInBrowser(() => renderReplayPage(buildExampleReport()));

  it.each([360, 700, 768, 1280])('fits %i px without scrolling sideways, its pictures alive', async (width) => {
    await withPage({ viewport: { width, height: 800 } }, async (page) => {
      await enliven(page);
      await page.locator('summary').first().click();
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      expect(await page.locator('.live .ft-chart[role=img]').filter({ visible: true }).count()).toBe(PICTURES);
      expect(await page.locator('.drawings .ft-chart').filter({ visible: true }).count()).toBe(0);
    });
  });

  it('follows the width of the window', async () => {
    await withPage({ viewport: { width: 1280, height: 800 } }, async (page) => {
      await enliven(page);
      await page.setViewportSize({ width: 360, height: 800 });
      const chart = page.locator('#workload-1-picture .live .ft-chart');
      await expect.poll(() => chart.getAttribute('viewBox')).toMatch(/^0 0 324 /);
    });
  });

  it('follows the light and the dark scheme, on the page and in the pictures', async () => {
    for (const [colorScheme, surface, ready] of [
      ['light', LIGHT_SURFACE, 'rgb(0, 114, 178)'],
      ['dark', DARK_SURFACE, 'rgb(86, 180, 233)'],
    ] as const) {
      await withPage({ colorScheme, viewport: { width: 1280, height: 800 } }, async (page) => {
        await enliven(page);
        expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe(surface);
        const stroke = `getComputedStyle(document.querySelector('.live path[stroke="#0072b2"]')).stroke`;
        expect(await page.evaluate(stroke)).toBe(ready);
      });
    }
  });

  it('prints light drawings of the server on paper, even where the screen is dark and pictures are alive', async () => {
    await withPage({ colorScheme: 'dark', viewport: { width: 720, height: 1000 } }, async (page) => {
      await enliven(page);
      await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
      expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe(LIGHT_SURFACE);
      expect(await page.locator('figure .medium .ft-chart').filter({ visible: true }).count()).toBe(PICTURES);
      expect(await page.locator('.live').filter({ visible: true }).count()).toBe(0);
      expect((await page.pdf({ format: 'A4' })).subarray(0, 5).toString()).toBe('%PDF-');
    });
  });

  it('is a page of headings, tables and pictures to a screen reader', async () => {
    await withPage({ viewport: { width: 360, height: 800 } }, async (page) => {
      await enliven(page);
      expect(await page.getByRole('heading', { level: 1 }).allTextContents()).toEqual(['One event day, replayed']);
      expect(await page.getByRole('img', { name: 'chat: replicas needed and ready' }).count()).toBe(1);
      expect(await page.getByRole('group', { name: 'chat: replicas needed and ready. Arrow keys read it value by value.' }).count()).toBe(
        1,
      );
      expect(await page.getByRole('table').count()).toBe(3);
      expect(await page.getByRole('rowheader', { name: 'france-brazil' }).count()).toBe(1);
      expect(await page.getByRole('columnheader', { name: 'Ready at the start' }).count()).toBe(1);
    });
  });
});
