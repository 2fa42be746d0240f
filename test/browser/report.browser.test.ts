import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { renderReplayPage } from '../../report/page.ts';
import { buildExampleReport } from '../fixtures/replay-example.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-dev-shm-usage',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];
const NO_BROWSER = 'no browser installed: install Chromium or set CHROMIUM to its path; the page was NOT looked at';
const LIGHT_SURFACE = 'rgb(255, 255, 255)';
const DARK_SURFACE = 'rgb(20, 23, 28)';

const executable = findBrowser();
if (executable === undefined) process.stderr.write(`\nreport.browser.test: ${NO_BROWSER}\n`);

/** The path in CHROMIUM, which must exist, or the first browser on the PATH. */
function findBrowser(): string | undefined {
  const wanted = process.env.CHROMIUM;
  if (wanted !== undefined && wanted !== '') {
    if (!existsSync(wanted)) throw new Error(`CHROMIUM is ${wanted}, which doesn't exist: set it to a browser's path or unset it`);
    return wanted;
  }
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find((path) => existsSync(path));
}

describe('the replay page in a real browser', () => {
  let browser: Browser | undefined;
  let folder = '';

  beforeAll(async () => {
    if (executable === undefined) return;
    folder = await mkdtemp(join(tmpdir(), 'foretide-report-'));
    await writeFile(join(folder, 'index.html'), renderReplayPage(buildExampleReport()));
    browser = await chromium.launch({ executablePath: executable, args: ARGUMENTS });
  }, 60_000);

  beforeEach((context) => context.skip(executable === undefined, NO_BROWSER));

  afterAll(async () => {
    await browser?.close();
    if (folder !== '') await rm(folder, { recursive: true, force: true });
  });

  /** Opens the page, hands it over, and fails on anything the browser complained about or wanted from elsewhere. */
  async function withPage(options: BrowserContextOptions, look: (page: Page) => Promise<void>): Promise<void> {
    if (browser === undefined) throw new Error('the browser did not start');
    const context = await browser.newContext(options);
    try {
      const page = await context.newPage();
      const complaints: string[] = [];
      const requests: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('request', (request) => requests.push(request.url()));
      const url = pathToFileURL(join(folder, 'index.html')).href;
      await page.goto(url);
      await look(page);
      expect(complaints).toEqual([]);
      expect(requests).toEqual([url]);
    } finally {
      await context.close();
    }
  }

  it.each([
    [360, 'narrow'],
    [700, 'medium'],
    [768, 'medium'],
    [1280, 'wide'],
  ])('fits %i px without scrolling sideways and shows the %s picture', async (width, size) => {
    await withPage({ viewport: { width, height: 800 } }, async (page) => {
      await page.locator('summary').first().click();
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      const shown = page.locator('figure .ft-chart[role=img]').filter({ visible: true });
      expect(await shown.count()).toBe(3);
      expect(await page.locator(`figure .${size} .ft-chart`).filter({ visible: true }).count()).toBe(3);
      const texts = await shown.first().locator('text').all();
      expect(texts.length).toBeGreaterThan(15);
      const heights = await Promise.all(texts.map(async (text) => (await text.boundingBox())?.height ?? 0));
      expect(Math.min(...heights)).toBeGreaterThanOrEqual(9);
    });
  });

  it.each(['narrow', 'medium', 'wide'])('keeps every word of the %s picture inside it', async (size) => {
    const width = { narrow: 360, medium: 700, wide: 1280 }[size] ?? 1280;
    await withPage({ viewport: { width, height: 800 } }, async (page) => {
      for (const chart of await page.locator(`figure .${size} .ft-chart`).all()) {
        const frame = await chart.boundingBox();
        if (frame === null) throw new Error('the picture is not shown');
        for (const text of await chart.locator('text').all()) {
          const box = await text.boundingBox();
          if (box === null) throw new Error('a word is not shown');
          expect(box.x).toBeGreaterThanOrEqual(frame.x - 1);
          expect(box.x + box.width).toBeLessThanOrEqual(frame.x + frame.width + 1);
        }
      }
    });
  });

  it('follows the light and the dark scheme, on the page and in the pictures', async () => {
    for (const [colorScheme, surface, ready] of [
      ['light', LIGHT_SURFACE, 'rgb(0, 114, 178)'],
      ['dark', DARK_SURFACE, 'rgb(86, 180, 233)'],
    ] as const) {
      await withPage({ colorScheme, viewport: { width: 1280, height: 800 } }, async (page) => {
        expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe(surface);
        const stroke = `getComputedStyle(document.querySelector('figure .wide path[stroke="#0072b2"]')).stroke`;
        expect(await page.evaluate(stroke)).toBe(ready);
      });
    }
  });

  it('prints light on paper even where the screen is dark', async () => {
    await withPage({ colorScheme: 'dark', viewport: { width: 720, height: 1000 } }, async (page) => {
      await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
      expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe(LIGHT_SURFACE);
      expect(await page.locator('figure .medium .ft-chart').filter({ visible: true }).count()).toBe(3);
      expect((await page.pdf({ format: 'A4' })).subarray(0, 5).toString()).toBe('%PDF-');
    });
  });

  it('is a page of headings, tables and pictures to a screen reader', async () => {
    await withPage({ viewport: { width: 360, height: 800 } }, async (page) => {
      expect(await page.getByRole('heading', { level: 1 }).allTextContents()).toEqual(['One event day, replayed']);
      expect(await page.getByRole('img', { name: 'chat: replicas needed and ready' }).count()).toBe(1);
      expect(await page.getByRole('table').count()).toBe(3);
      expect(await page.getByRole('rowheader', { name: 'france-brazil' }).count()).toBe(1);
      expect(await page.getByRole('columnheader', { name: 'Ready at the start' }).count()).toBe(1);
    });
  });
});
