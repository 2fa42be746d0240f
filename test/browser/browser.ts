import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { BROWSER_ARGUMENTS, findBrowser } from '../../scripts/find-browser.ts';

const NO_BROWSER = 'no browser installed: install Chromium or set CHROMIUM to its path; the page was NOT looked at';

export type Look = (options: BrowserContextOptions, look: (page: Page) => Promise<void>) => Promise<void>;

/** For the tests of a describe block: opens the page that `render` writes, in a real browser; without one they are skipped, loudly. */
export function openInBrowser(render: () => string): Look {
  const executablePath = findBrowser();
  let browser: Browser | undefined;
  let folder = '';

  beforeAll(async () => {
    if (executablePath === undefined) {
      process.stderr.write(`\n${expect.getState().testPath ?? ''}: ${NO_BROWSER}\n`);
      return;
    }
    folder = await mkdtemp(join(tmpdir(), 'foretide-report-'));
    await writeFile(join(folder, 'index.html'), render());
    browser = await chromium.launch({ executablePath, args: [...BROWSER_ARGUMENTS] });
  }, 60_000);

  beforeEach((context) => context.skip(executablePath === undefined, NO_BROWSER));

  afterAll(async () => {
    await browser?.close();
    if (folder !== '') await rm(folder, { recursive: true, force: true });
  });

  /** Opens the page, hands it over, and fails on anything the browser complained about or wanted from elsewhere. */
  return async (options, look) => {
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
  };
}

/** Scrolls through the page, so that every picture has come to life. */
export async function enliven(page: Page): Promise<void> {
  for (const figure of await page.locator('figure[data-picture]').all()) {
    await figure.scrollIntoViewIfNeeded();
    await figure.locator('.live .ft-chart').first().waitFor();
  }
  await page.evaluate('scrollTo(0, 0)');
}
