import { describe, expect, it } from 'vitest';
import { buildEventTimeline } from '../../report/charts/event-timeline.ts';
import { PALETTE } from '../../report/palette.ts';
import { renderSvg } from '../../report/svg.ts';
import { timelineOfReplay } from '../../report/timeline-data.ts';
import { renderTimelineSvg } from '../../report/timeline-svg.ts';
import { buildExampleReport } from '../fixtures/replay-example.ts';

const report = buildExampleReport();
const [chat] = report.workloads;
if (chat === undefined) throw new Error('the example has no workload');
const data = timelineOfReplay(chat);
const chart = buildEventTimeline(data, { fromMs: report.fromMs, toMs: report.toMs, timezone: report.timezone, size: 'wide' });

describe('a chart as SVG', () => {
  it('has real text, a title and a description', () => {
    const svg = renderSvg(chart, 'c1');
    expect(svg).toContain('role="img" aria-labelledby="c1-title c1-desc"');
    expect(svg).toContain('<title id="c1-title">chat: replicas needed and ready</title>');
    expect(svg).toContain('Ready at the start of 3 of 3 events.');
    for (const words of ['>replicas</text>', '>ready</text>', '>floor</text>', '>America/New_York (UTC−5)</text>', '✓ france-brazil']) {
      expect(svg).toContain(words);
    }
  });

  it('is the same at every call, with ids of its own', () => {
    const first = renderSvg(chart, 'c1');
    expect(renderSvg(chart, 'c1')).toBe(first);
    expect(first).not.toMatch(/zr\d/);
    const ids = [...first.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => id?.startsWith('c1-'))).toBe(true);
    for (const [, id] of first.matchAll(/url\(#([^)]+)\)/g)) expect(ids).toContain(id);
  });

  it('has no style attribute, which a strict policy forbids, and one face for all its text', () => {
    const svg = renderSvg(chart, 'c1');
    expect(svg).not.toContain(' style=');
    expect(svg.match(/font-family=/g)).toHaveLength(1);
    expect(svg).toMatch(/<text [^>]*font-size="12px"[^>]*>10:00|<text [^>]*font-size="12px"/);
  });

  it('draws in colours of the palette alone, so that all of them turn dark', () => {
    const known = new Set<string>([...Object.values(PALETTE).map(({ light }) => light), 'none', '#000']);
    const used = [...renderSvg(chart, 'c1').matchAll(/ (?:fill|stroke)="([^"]+)"/g)].map(([, colour]) => colour ?? '');
    expect(used.length).toBeGreaterThan(50);
    expect(used.filter((colour) => !known.has(colour) && !colour.startsWith('url(#c1-'))).toEqual([]);
  });

  it('escapes what people wrote, also where ECharts or the clean-up could mistake it', () => {
    const names = ['<script>alert(1)</script>', 'a & "b" \'c\'', '{b} {c|d} $1', 'url(#zr0-p0)'];
    const events = names.map((name, index) => {
      const startMs = report.fromMs + (2 + index) * 3_600_000;
      return { name, startMs, endMs: startMs + 3_600_000, leadFromMs: startMs, floor: 2, readyAtStart: true };
    });
    const { fromMs, toMs, timezone } = report;
    const svg = renderSvg(
      buildEventTimeline({ ...data, workload: '</title><script>', events }, { fromMs, toMs, timezone, size: 'wide' }),
      'c1',
    );
    expect(svg).not.toContain('<script');
    expect(svg).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(svg).toContain('✓ {b} {c|d} $1');
    expect(svg).toContain('✓ url(#zr0-p0)');
    expect(svg).toMatch(/✓ a &amp; (?:"|&quot;)b(?:"|&quot;) (?:'|&#39;)c(?:'|&#39;)/);
  });

  it('stands alone with its title and both schemes', () => {
    const { fromMs, toMs, timezone } = report;
    const svg = renderTimelineSvg(chat, { fromMs, toMs, timezone });
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(svg).toContain('>Fri 27 Nov 2026, America/New_York (UTC−5)</text>');
    expect(svg).toContain('prefers-color-scheme:dark');
    expect(renderTimelineSvg(chat, { fromMs, toMs, timezone })).toBe(svg);
  });
});
