import { describe, expect, it } from 'vitest';
import { renderReplayPage } from '../../report/page.ts';
import type { ReplayReport } from '../../report/replay.ts';
import { buildExampleReport } from '../fixtures/replay-example.ts';

const MEGABYTE = 1_000_000;
const example = buildExampleReport();
const page = renderReplayPage(example);

describe('the replay page', () => {
  it('answers first, and links each figure to how it was computed', () => {
    expect(textOf(page)).toContain('Ready at the start of 4 of 4 events; without pre-scaling 0 of 4.');
    const targets = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    expect(targets).toEqual(['how-ready', 'how-ready', 'how-short', 'how-short', 'how-cost']);
    for (const id of targets) expect(page).toContain(`<dt id="${id}">`);
  });

  it('needs nothing but itself', () => {
    expect(withoutScripts(page).replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(
      /https?:|\/\/[a-z]|@import|url\((?!#)|<link|<img|<iframe| src=| style=| on[a-z]+=/i,
    );
    expect(page.match(/<script(?! type="application\/json")/g)).toHaveLength(1);
    expect(page.length).toBeLessThan(MEGABYTE);
  });

  it('is the same at every call, and dated only on demand', () => {
    expect(renderReplayPage(buildExampleReport())).toBe(page);
    expect(page).not.toContain(' at <time');
    const dated = renderReplayPage({ ...example, generatedAtMs: 1_795_828_500_000 });
    expect(dated).toContain('at <time datetime="2026-11-28T01:15:00Z">2026-11-28 01:15 UTC</time>');
  });

  it('has the bones that assistive technology needs', () => {
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(page).toContain('<title>One event day, replayed</title>');
    expect(page.match(/<main>/g)).toHaveLength(1);
    const levels = [...page.matchAll(/<h([1-6])/g)].map(([, level]) => Number(level));
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    for (const [index, level] of levels.entries()) expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1);
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, labelledBy = ''] of page.matchAll(/aria-labelledby="([^"]+)"/g))
      for (const id of labelledBy.split(' ')) expect(ids).toContain(id);
  });

  it('has tables with captions and scoped headers, as many cells as heads', () => {
    const tables = [...page.matchAll(/<table[\s\S]*?<\/table>/g)].map(([table]) => table);
    expect(tables).toHaveLength(7);
    for (const table of tables) {
      expect(table).toMatch(/<caption>[^<]+/);
      expect(table.match(/<th (?!scope="(?:col|row)")/g)).toBeNull();
      const heads = table.match(/scope="col"/g)?.length ?? 0;
      const rows = table.match(/<tr role="row"/g)?.length ?? 0;
      expect(table.match(/scope="row"|<td /g)).toHaveLength(heads * (rows - 1));
    }
  });

  it('writes times locally and in UTC, amounts with their units, unknown prices as such', () => {
    expect(page).toContain('>Fri 27 Nov, 10:00</time><small>2026-11-27 15:00 UTC</small>');
    expect(page).toContain('price unknown for vision');
    expect(page).toContain('Demand, most (requests/min)');
    expect(textOf(page)).toContain('Demand peaked at 16,834 requests/min at 10:11, which needs 29 replicas.');
    expect(withoutScripts(page)).not.toMatch(/NaN|undefined|Infinity|\[object/);
  });

  it('says why each floor changed', () => {
    expect(textOf(page)).toContain('france-brazil starts soon');
    expect(page).toContain('8 → 30');
  });
});

describe('what people wrote', () => {
  const hostile = [
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    'it\'s & "quoted"',
    'x'.repeat(5_000),
    'كأس العالم',
    '👩‍👩‍👧‍👧🏁',
    'nul\u0000 and \u202Eturned',
    '</style></title></svg>',
  ];

  it.each(hostile)('stays text: %s', (words) => {
    const [workload] = example.workloads;
    const [row] = example.summary;
    const [decision] = example.decisions;
    if (workload === undefined || row === undefined || decision === undefined) throw new Error('the example is empty');
    const [event] = workload.events;
    if (event === undefined) throw new Error('the example has no event');
    const html = renderReplayPage({
      ...example,
      title: words,
      generatedBy: words,
      workloads: [{ ...workload, workload: words, unit: words, events: [{ ...event, name: words }] }],
      summary: [{ ...row, event: words, workload: words }],
      totals: [{ workload: words, shortMinutes: 1, shortMinutesWithout: 1, gpuHours: 9, gpuHoursWithout: 2, usd: null, usdWithout: null }],
      decisions: [{ ...decision, why: words, workload: words }],
    });
    const data = [...html.matchAll(/<script type="application\/json"[^>]*>([^<]*)<\/script>/g)].map(([, json]) => JSON.parse(json ?? ''));
    expect(data).toMatchObject([{ kind: 'calendar' }, { kind: 'timeline' }]);
    expect(html.match(/<script/g)).toHaveLength(data.length + 1);
    expect(tagsOf(withoutScripts(html)).filter((tag) => !tagsOf(page).includes(tag))).toEqual([]);
    expect(html.match(/<\/style>/g)).toHaveLength(1);
    expect(html.match(/<\/title>/g)?.length).toBe((html.match(/<title[ >]/g) ?? []).length);
    expect(/<[^>"]* on[a-z]+=/i.test(withoutScripts(html))).toBe(false);
    expect(['\u202E', '\u0000'].filter((character) => html.includes(character))).toEqual([]);
  });
});

describe('a page with little or much to show', () => {
  const nothing: ReplayReport = { ...example, workloads: [], summary: [], totals: [], decisions: [] };

  it('has words for each empty part', () => {
    const text = textOf(renderReplayPage(nothing));
    for (const words of ['No events in this period.', 'No workloads in this period.', 'Nothing was changed in this period.'])
      expect(text).toContain(words);
  });

  it('has words for a workload without a reading', () => {
    const [workload] = example.workloads;
    if (workload === undefined) throw new Error('the example is empty');
    const text = textOf(renderReplayPage({ ...nothing, workloads: [{ ...workload, minutes: [], capacityPerReplica: null }] }));
    expect(text).toContain('What one replica serves is not configured. No reading of its demand.');
    expect(text).toContain('No reading of this workload in this period.');
  });

  it('says that a start was not read, and marks what was missed', () => {
    const html = renderReplayPage({
      ...example,
      summary: example.summary.map((row, index) => ({ ...row, readyAtStart: index === 0 ? null : 1 })),
    });
    expect(html).toContain('? not read (of 8)');
    expect(html).toContain('✗ 1 of 30 ready');
  });

  it('says "not replayed" where there was no second replay', () => {
    const html = renderReplayPage({
      ...example,
      totals: example.totals.map((total) => ({ ...total, shortMinutesWithout: null, gpuHoursWithout: null, usdWithout: null })),
    });
    expect(html).toContain('not replayed');
  });

  it('stays bounded with many workloads, events and decisions over a quarter of a year', () => {
    const [workload] = example.workloads;
    const [row] = example.summary;
    const [decision] = example.decisions;
    if (workload === undefined || row === undefined || decision === undefined) throw new Error('the example is empty');
    const [minute] = workload.minutes;
    if (minute === undefined) throw new Error('the example has no minute');
    const minutes = Array.from({ length: 90 * 1_440 }, (_, index) => ({
      ...minute,
      minuteMs: example.fromMs + index * 60_000,
      needReplicas: index % 7,
    }));
    const html = renderReplayPage({
      ...example,
      toMs: example.fromMs + 90 * 86_400_000,
      workloads: Array.from({ length: 25 }, (_, index) => ({
        ...workload,
        workload: `w${index}`,
        minutes: index === 0 ? minutes : workload.minutes,
      })),
      summary: Array.from({ length: 2_000 }, () => row),
      decisions: Array.from({ length: 9_000 }, () => decision),
    });
    expect(html).toContain('And 1,500 more rows: the first 500 are shown.');
    expect(html).toContain('And 8,500 more rows: the first 500 are shown.');
    expect(html).toContain('5 more workloads are not drawn here.');
    expect(html.length).toBeLessThan(5 * MEGABYTE);
  });
});

function withoutScripts(html: string): string {
  return html.replace(/<script[\s\S]*?<\/script>/g, '');
}

function textOf(html: string): string {
  return withoutScripts(html)
    .replace(/<[^>]+>/g, '')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ');
}

function tagsOf(html: string): readonly string[] {
  return [...new Set([...html.matchAll(/<\/?([a-z][a-z0-9]*)/gi)].map(([, tag]) => tag ?? ''))];
}
