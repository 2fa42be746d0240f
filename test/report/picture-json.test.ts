import { describe, expect, it } from 'vitest';
import { buildPicture, type Picture } from '../../report/picture.ts';
import { renderJson, shipPicture, unshipPicture } from '../../report/picture-json.ts';
import { renderSvg } from '../../report/svg.ts';
import { timelineOfReplay, timelineOfSimulation } from '../../report/timeline-data.ts';
import { buildExampleCalendar } from '../fixtures/pictures-example.ts';
import { buildExampleReport } from '../fixtures/replay-example.ts';
import { buildExampleSimulation } from '../fixtures/simulation-example.ts';

const report = buildExampleReport();
const [chat] = report.workloads;
if (chat === undefined) throw new Error('the example has no workload');
const { fromMs, toMs, timezone } = report;
const timeline: Picture = { kind: 'timeline', timezone, fromMs, toMs, data: timelineOfReplay(chat) };

describe('a picture on its way to the page', () => {
  it('arrives as it left', () => {
    const arrived = unshipPicture(JSON.parse(renderJson(shipPicture(timeline))));
    expect(arrived).toEqual(timeline);
    const svgOf = (picture: Picture): string => renderSvg(buildPicture(picture, { size: 'narrow' }), 'p');
    expect(svgOf(arrived)).toBe(svgOf(timeline));
    const calendar: Picture = { kind: 'calendar', data: buildExampleCalendar() };
    expect(unshipPicture(JSON.parse(renderJson(shipPicture(calendar))))).toEqual(calendar);
  });

  it('cannot end the script it stands in, whatever people wrote', () => {
    const words = '</script><!-- \u2028\u2029 \u202Eturned & "quoted"';
    const json = renderJson(shipPicture({ ...timeline, data: { ...timeline.data, workload: words } }));
    expect(json).not.toMatch(/[<>&\u2028\u2029\u202E]/);
    expect(unshipPicture(JSON.parse(json))).toMatchObject({ data: { workload: words } });
  });

  it('keeps the one short minute of six weeks, in a few hundred kilobytes', () => {
    const [workload] = buildExampleSimulation(1).workloads;
    if (workload === undefined) throw new Error('the example has no workload');
    const count = 60_000;
    const column = (value: (index: number) => number): number[] => Array.from({ length: count }, (_, index) => value(index));
    const minutes = {
      startMs: 0,
      demand: column((index) => 6_000 + Math.round(3_000 * Math.sin(index / 90)) + (index % 7)),
      need: column((index) => (index === 41_234 ? 40 : 5 + Math.round(5 * Math.sin(index / 90)))),
      ready: column((index) => 12 + Math.round(5 * Math.sin(index / 90))),
      starting: column(() => 0),
      floor: column(() => 2),
    };
    const data = timelineOfSimulation({ ...workload, minutes, events: [] });
    const json = renderJson(shipPicture({ kind: 'timeline', timezone: 'UTC', fromMs: 0, toMs: count * 60_000, data }));
    expect(json.length).toBeLessThan(200_000);
    const arrived = unshipPicture(JSON.parse(json));
    const columns = arrived.kind === 'timeline' ? arrived.data.columns : [];
    expect(columns.length).toBe(6_000);
    expect(columns.filter(({ short }) => short > 0)).toMatchObject([{ fromMs: 41_230 * 60_000, need: 40, shortMinutes: 1 }]);
    expect(buildPicture(arrived, { size: 'narrow' }).description).toContain('Short for 1 min.');
  });
});
