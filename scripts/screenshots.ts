import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { BROWSER_ARGUMENTS, findBrowser } from './find-browser.ts';
import { renderExamplePage } from './render-example.ts';

const ROOT = join(import.meta.dirname, '..');
const FOLDER = 'docs/images';

type Shot = {
  readonly name: string;
  readonly options: BrowserContextOptions;
  /** From the top of the first to the bottom of the last. */
  readonly from: string;
  readonly to: string;
  /** What is dragged over, and where the pointer then rests, in shares of that element. */
  readonly point?: { readonly at: string; readonly zoomFrom: number; readonly zoomTo: number; readonly x: number; readonly y: number };
};

const SHOTS: readonly Shot[] = [
  {
    name: 'report-wide.png',
    options: { viewport: { width: 1180, height: 1000 }, colorScheme: 'light' },
    from: 'header',
    to: '#workload-1-picture',
  },
  {
    name: 'report-dark.png',
    options: { viewport: { width: 1180, height: 1000 }, colorScheme: 'dark' },
    from: '#workload-3',
    to: '#workload-3-picture',
    point: { at: '#workload-3-picture .drawing', zoomFrom: 0.6, zoomTo: 0.86, x: 0.508, y: 0.8 },
  },
  {
    name: 'report-phone.png',
    options: { viewport: { width: 360, height: 780 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true, colorScheme: 'light' },
    from: '#calendar',
    to: '#workload-1-picture',
  },
];

/** Looks at the report of `npm start` in a real browser, for the documents: `npm run screenshots`. */
async function main(): Promise<void> {
  const executablePath = findBrowser();
  if (executablePath === undefined) {
    console.error('screenshots: no browser found. Install Chromium (Debian: apt-get install chromium) or set CHROMIUM to its path.');
    process.exitCode = 2;
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), 'foretide-screenshots-'));
  const browser = await chromium.launch({ executablePath, args: [...BROWSER_ARGUMENTS] });
  try {
    const page = join(folder, 'index.html');
    await writeFile(page, await renderExamplePage());
    await mkdir(join(ROOT, FOLDER), { recursive: true });
    for (const shot of SHOTS) {
      const path = `${FOLDER}/${shot.name}`;
      await take(browser, pathToFileURL(page).href, shot, join(ROOT, path));
      console.log(`wrote ${path} (${Math.round((await stat(join(ROOT, path))).size / 1_000)} kB)`);
    }
  } finally {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function take(browser: Browser, url: string, { options, from, to, point }: Shot, path: string): Promise<void> {
  const context = await browser.newContext({ ...options, reducedMotion: 'reduce' });
  try {
    const page = await context.newPage();
    await page.goto(url);
    for (const figure of await page.locator('figure[data-picture]').all()) {
      await figure.scrollIntoViewIfNeeded();
      await figure.locator('.live .ft-chart').first().waitFor();
    }
    if (point !== undefined) await zoomAndHover(page, point);
    const [top, bottom] = [await boxOf(page, from), await boxOf(page, to)];
    const margin = 12;
    const y = Math.max(0, top.y - margin);
    const width = options.viewport?.width ?? 0;
    await page.screenshot({ path, fullPage: true, clip: { x: 0, y, width, height: bottom.y + bottom.height + margin - y } });
  } finally {
    await context.close();
  }
}

async function zoomAndHover(page: Page, { at, zoomFrom, zoomTo, x, y }: NonNullable<Shot['point']>): Promise<void> {
  const target = page.locator(at);
  await target.scrollIntoViewIfNeeded();
  const box = await target.boundingBox();
  if (box === null) throw new Error(`${at} is not shown`);
  const moveTo = (shareX: number): Promise<void> => page.mouse.move(box.x + box.width * shareX, box.y + box.height * y, { steps: 4 });
  await moveTo(zoomFrom);
  await page.mouse.down();
  await moveTo(zoomTo);
  await page.mouse.up();
  await page.locator('.tools button:not([disabled])', { hasText: 'all' }).waitFor();
  await moveTo(x);
}

/** In pixels of the page, however far it is scrolled. */
async function boxOf(page: Page, selector: string): Promise<{ y: number; height: number }> {
  const box = await page.locator(selector).first().boundingBox();
  if (box === null) throw new Error(`${selector} is not shown`);
  return { y: box.y + Number(await page.evaluate('scrollY')), height: box.height };
}

await main();
