import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadConfig } from '../../cli/load.ts';
import { EXAMPLE_DEMAND } from '../../cli/replay/example-day.ts';
import { replay } from '../../cli/replay/replay.ts';
import { openReplayPage, type ReplayPage } from '../../cli/serve/replay-page.ts';
import { BROWSER_ARGUMENTS, findBrowser } from '../../scripts/find-browser.ts';

const NO_BROWSER = 'no browser installed: install Chromium or set CHROMIUM to its path; the live page was NOT looked at';
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const Findings = z.array(z.object({ id: z.string(), impact: z.string().nullable(), nodes: z.array(z.object({ html: z.string() })) }));
/** 08:00 to 09:10 in New York: two leads, two starts. */
const FROM_MS = Date.parse('2026-11-30T13:00:00Z');
const TO_MS = Date.parse('2026-11-30T14:10:00Z');
const RECONNECT_MS = 15_000;

const executablePath = findBrowser();
if (executablePath === undefined) process.stderr.write(`\nlive.browser.test: ${NO_BROWSER}\n`);

describe('the live page of a twin run in a real browser', () => {
  const output = { out: () => undefined, err: (text: string) => void errors.push(text), errStream: process.stderr };
  const errors: string[] = [];
  const stop = new AbortController();
  let browser: Browser | undefined;
  let shown: ReplayPage | undefined;

  async function open(port = 0): Promise<ReplayPage> {
    const { config, calendarSources } = await loadConfig('examples/foretide.yaml', { ...output, err: () => undefined });
    shown = await openReplayPage({
      title: 'The morning, replayed',
      generatedBy: 'foretide 0.0.0',
      config,
      calendarSources,
      fromMs: FROM_MS,
      toMs: TO_MS,
      host: '127.0.0.1',
      port,
      minutesPerSecond: 1_000,
      clock: { now: () => Date.now() },
      signal: stop.signal,
      output,
    });
    return shown;
  }

  async function play(page: ReplayPage, toMs = TO_MS): Promise<void> {
    const { config, calendarSources } = await loadConfig('examples/foretide.yaml', { ...output, err: () => undefined });
    await replay({
      config,
      calendarSources,
      fromMs: FROM_MS,
      toMs,
      seed: 7,
      demandOf: (workload) => EXAMPLE_DEMAND[workload.name] ?? (() => 0),
      onRead: page.showMinute,
    });
  }

  beforeAll(async () => {
    if (executablePath !== undefined) browser = await chromium.launch({ executablePath, args: [...BROWSER_ARGUMENTS] });
  }, 60_000);
  beforeEach((context) => context.skip(executablePath === undefined, NO_BROWSER));
  afterEach(async () => {
    await shown?.server.stop();
    shown = undefined;
    expect(errors).toEqual([]);
  });
  afterAll(() => browser?.close());

  /** Opens the page, hands it over, and fails on what the browser complained about (`expected` aside) or wanted from elsewhere. */
  async function withPage(
    url: string,
    options: BrowserContextOptions,
    look: (page: Page) => Promise<void>,
    expected = /^$/,
  ): Promise<void> {
    if (browser === undefined) throw new Error('the browser did not start');
    const context = await browser.newContext(options);
    try {
      const page = await context.newPage();
      const complaints: string[] = [];
      const requests = new Set<string>();
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('request', (request) => requests.add(request.url()));
      await page.goto(url);
      await page.getByText('Live', { exact: true }).waitFor();
      await look(page);
      expect(complaints.filter((text) => !expected.test(text))).toEqual([]);
      expect([...requests].toSorted()).toEqual([url, `${url}events`]);
    } finally {
      await context.close();
    }
  }

  it('shows updates as they come, reads out decisions and not minutes, and ends with the whole period', { timeout: 120_000 }, async () => {
    const live = await open();
    await withPage(live.server.url, { viewport: { width: 1280, height: 900 } }, async (page) => {
      expect(await page.locator('#decisions-table').textContent()).toBe('Nothing had to move yet.');
      const before = await page.locator('#workload-1-picture .live path').count();
      await play(live);
      await page.getByText('Mon 30 Nov, 09:09').first().waitFor();
      await page.locator('#decisions-table').getByText('cyber-monday starts Mon 30 Nov 2026 09:00 EST').first().waitFor();
      await page.locator('#events-table').getByText('ready: 24 of 24 replicas at the start').waitFor();
      expect(await page.locator('#news').textContent()).toMatch(
        /^chat: min 17 → 24: cyber-monday starts .*[\d.]+ min of lead; 10 of 24 are Ready/,
      );
      expect(await page.locator('#workload-1-picture .live path').count()).toBeGreaterThan(before);
      expect(await page.getByRole('rowheader', { name: 'chat' }).count()).toBeGreaterThan(0);

      await page.getByRole('button', { name: 'Pause' }).click();
      live.end();
      await page.getByText('Paused', { exact: true }).waitFor();
      expect(await page.locator('#now').textContent()).toContain('09:09');
      await page.getByRole('button', { name: 'Go on' }).click();
      await page.getByText('The replay is over.').waitFor();
    });
  });

  it('says that it lost its server, and goes on when it is back', { timeout: 120_000 }, async () => {
    const first = await open();
    const { port, url } = first.server;
    await withPage(
      url,
      { viewport: { width: 1280, height: 900 } },
      async (page) => {
        await play(first, FROM_MS + 5 * 60_000);
        await page.getByText('Mon 30 Nov, 08:04').first().waitFor();
        await first.server.stop();
        await page.getByText('Connection lost, retrying.').waitFor();
        expect(await page.locator('#now').textContent()).toContain('08:04');
        const second = await open(port);
        await play(second, FROM_MS + 9 * 60_000);
        await page.getByText('Live', { exact: true }).waitFor({ timeout: RECONNECT_MS });
        await page.getByText('Mon 30 Nov, 08:08').first().waitFor();
      },
      /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING/,
    );
  });

  it('fits every width, follows the scheme, and leaves axe nothing serious', { timeout: 120_000 }, async () => {
    const live = await open();
    await play(live);
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const width of [360, 768, 1280]) {
        await withPage(live.server.url, { colorScheme, viewport: { width, height: 900 } }, async (page) => {
          await page.locator('#calendar-picture .live .ft-chart').waitFor();
          await page.locator('summary').first().click();
          expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
          await page.evaluate(AXE);
          const found = Findings.parse(
            await page.evaluate("axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)"),
          );
          const serious = found.filter(({ impact }) => impact === 'serious' || impact === 'critical');
          expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' · ')}`)).toEqual([]);
        });
      }
    }
  });
});
