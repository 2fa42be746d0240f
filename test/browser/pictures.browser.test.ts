import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { renderDocument } from '../../report/document.ts';
import { renderFigure, renderWaitingFigure } from '../../report/figure.ts';
import { buildPicture, type Picture } from '../../report/picture.ts';
import { renderJson, shipPicture } from '../../report/picture-json.ts';
import { timelineOfReplay } from '../../report/timeline-data.ts';
import { buildExampleCalendar, buildExampleMix, buildExampleSpend } from '../fixtures/pictures-example.ts';
import { buildExampleReport } from '../fixtures/replay-example.ts';
import { buildExampleSimulation } from '../fixtures/simulation-example.ts';
import { openInBrowser } from './browser.ts';

const report = buildExampleReport();
const [chat] = report.workloads;
const [simulated] = buildExampleSimulation(2).workloads;
if (chat === undefined || simulated === undefined) throw new Error('the examples have no workload');
const { fromMs, toMs, timezone } = report;
const timeline: Picture = { kind: 'timeline', timezone, fromMs, toMs, data: timelineOfReplay(chat) };
const PICTURES: readonly Picture[] = [
  timeline,
  { kind: 'calendar', data: buildExampleCalendar() },
  { kind: 'spend', data: buildExampleSpend() },
  { kind: 'frontier', data: { workload: simulated.workload, policies: simulated.policies } },
  { kind: 'mix', data: buildExampleMix() },
];
/** Words have a rim of this width, which counts as part of them. */
const RIM_PX = 3.5;
const WIDE = { viewport: { width: 1280, height: 900 } };

describe('the five pictures in a real browser', () => {
  const withPage = openInBrowser(() => {
    const figures = PICTURES.map((picture) => `<h2>${picture.kind}</h2>${renderFigure(picture, picture.kind)}`);
    const body = `<main><h1>Five pictures</h1>${figures.join('\n')}${renderWaitingFigure('mix', 'waiting')}</main>`;
    return renderDocument({ title: 'Five pictures', generatedBy: 'a test', body });
  });

  async function open(page: Page): Promise<void> {
    for (const { kind } of PICTURES) {
      await page.locator(`#${kind}`).scrollIntoViewIfNeeded();
      await page.locator(`#${kind} .live .ft-chart`).waitFor();
    }
  }

  it.each([320, 360, 700, 1280])('keeps every word inside its picture at %i px', async (width) => {
    await withPage({ viewport: { width, height: 800 } }, async (page) => {
      await open(page);
      for (const { kind } of PICTURES) {
        const outside = await page.evaluate(`[...document.querySelectorAll('#${kind} .live .ft-chart text')].filter((text) => {
          const frame = text.closest('svg').getBoundingClientRect();
          const box = text.getBoundingClientRect();
          return box.left < frame.left - ${RIM_PX} || box.right > frame.right + ${RIM_PX} || box.top < frame.top - ${RIM_PX} || box.bottom > frame.bottom + ${RIM_PX};
        }).map((text) => text.textContent)`);
        expect([kind, outside]).toEqual([kind, []]);
      }
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    });
  });

  it('draws in the page what the server draws', async () => {
    await withPage(WIDE, async (page) => {
      await open(page);
      for (const picture of PICTURES) {
        const words = await page.locator(`#${picture.kind} .live .ft-chart text`).allTextContents();
        expect(words).toEqual(await page.locator(`#${picture.kind} .drawings .wide .ft-chart text`).allTextContents());
      }
    });
  });

  it('answers a mouse with local time, UTC and values, and stops when it leaves', async () => {
    await withPage(WIDE, async (page) => {
      await open(page);
      const tip = page.locator('#timeline .tip');
      await moveTo(page, page.locator('#timeline .drawing'), 0.5, 0.6);
      await tip.waitFor();
      expect(await tip.textContent()).toMatch(
        /^Fri 27 Nov, 12:\d\d to 12:\d\d, UTC−5\nfrom 2026-11-27 17:\d\d UTC\nneed \d+ \([\d,]+ requests\/min\)\n/,
      );
      await page.mouse.move(2, 2);
      expect(await tip.isHidden()).toBe(true);
    });
  });

  it('answers a finger', async () => {
    await withPage({ viewport: { width: 360, height: 800 }, hasTouch: true, isMobile: true }, async (page) => {
      await open(page);
      const drawing = page.locator('#mix .drawing');
      await drawing.scrollIntoViewIfNeeded();
      const box = await boxOf(drawing);
      await page.touchscreen.tap(box.x + box.width * 0.4, box.y + box.height * 0.3);
      await page.locator('#mix .tip').waitFor();
      expect(await page.locator('#mix .tip').textContent()).toContain('reserved 8');
    });
  });

  it('is read value by value with the arrow keys, aloud too', async () => {
    await withPage(WIDE, async (page) => {
      await open(page);
      await page.locator('#calendar .drawing').focus();
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowLeft');
      const first = buildPicture({ kind: 'calendar', data: buildExampleCalendar() }, { size: 'wide' }).notes[0]?.text ?? '';
      expect(await page.locator('#calendar .tip').textContent()).toBe(first);
      expect(await page.locator('#calendar [role=status]').textContent()).toBe(first.replaceAll('\n', '. '));
      await page.keyboard.press('Escape');
      expect(await page.locator('#calendar .tip').isHidden()).toBe(true);
    });
  });

  it('zooms into what is dragged over, by buttons and keys, and shows all again', async () => {
    await withPage(WIDE, async (page) => {
      await open(page);
      const ticks = (): Promise<readonly string[]> => page.locator('#timeline .live .ft-chart text').allTextContents();
      const whole = await ticks();
      const drawing = page.locator('#timeline .drawing');
      const all = page.getByRole('button', { name: 'Show all' }).first();
      expect(await all.isDisabled()).toBe(true);
      await moveTo(page, drawing, 0.4, 0.5);
      await page.mouse.down();
      await moveTo(page, drawing, 0.5, 0.5);
      expect(await page.locator('#timeline .selection').isVisible()).toBe(true);
      await page.mouse.up();
      await expect.poll(() => all.isDisabled()).toBe(false);
      expect(await ticks()).toContain('10:30');
      expect(await ticks()).not.toContain('18:00');
      await all.click();
      await expect.poll(() => all.isDisabled()).toBe(true);
      expect(await ticks()).toEqual(whole);
      await drawing.focus();
      await page.keyboard.press('+');
      await expect.poll(() => all.isDisabled()).toBe(false);
      await page.keyboard.press('0');
      await expect.poll(() => all.isDisabled()).toBe(true);
      expect(await ticks()).toEqual(whole);
    });
  });

  it('takes a line out of the picture and puts it back', async () => {
    await withPage(WIDE, async (page) => {
      await open(page);
      const floors = page.locator('#timeline .live .ft-chart path[stroke="#cc79a7"][stroke-dasharray]');
      const button = page.locator('#timeline .key').getByRole('button', { name: 'floor' });
      expect(await floors.count()).toBe(1);
      await button.click();
      expect(await button.getAttribute('aria-pressed')).toBe('false');
      expect(await floors.count()).toBe(0);
      await button.click();
      expect(await floors.count()).toBe(1);
    });
  });

  it('takes new data from the page, also where none was before, and keeps what the reader zoomed into', async () => {
    await withPage(WIDE, async (page) => {
      await open(page);
      expect(await page.locator('#waiting').textContent()).toContain('Reading.');
      const mix = renderJson(shipPicture({ kind: 'mix', data: { ...buildExampleMix(), poolGroup: 'h100' } }));
      await page.evaluate(`foretideCharts.update('waiting', ${mix})`);
      await page.locator('#waiting .live .ft-chart').waitFor();
      expect(await page.locator('#waiting .live title').first().textContent()).toBe('h100: GPUs by capacity');

      const all = page.getByRole('button', { name: 'Show all' }).first();
      await page.locator('#timeline .drawing').focus();
      await page.keyboard.press('+');
      await expect.poll(() => all.isDisabled()).toBe(false);
      const next = { ...timeline, data: { ...timeline.data, workload: 'chat-2' } };
      await page.evaluate(`foretideCharts.update('timeline', ${renderJson(shipPicture(next))})`);
      await expect.poll(() => page.locator('#timeline .live title').first().textContent()).toBe('chat-2: replicas needed and ready');
      expect(await all.isDisabled()).toBe(false);
      expect(await page.evaluate('foretideCharts.ids()')).toEqual([...PICTURES.map(({ kind }) => kind), 'waiting']);
      const refused = await page.evaluate(
        `(() => { try { foretideCharts.update('nobody', ${mix}) } catch (error) { return error.message } })()`,
      );
      expect(refused).toBe('no picture has the id nobody');
    });
  });
});

async function boxOf(target: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await target.boundingBox();
  if (box === null) throw new Error('it is not shown');
  return box;
}

async function moveTo(page: Page, target: Locator, x: number, y: number): Promise<void> {
  await target.scrollIntoViewIfNeeded();
  const box = await boxOf(target);
  await page.mouse.move(box.x + box.width * x, box.y + box.height * y, { steps: 4 });
}
