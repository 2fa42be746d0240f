import { describe, expect, it } from 'vitest';
import { type LogLevel, makeLog } from '../../lambda/runtime/log.ts';

function logged(least: LogLevel, ...calls: Parameters<ReturnType<typeof makeLog>>[]): string[] {
  const lines: string[] = [];
  const log = makeLog((line) => lines.push(line), least, { cluster: 'prod' });
  for (const call of calls) log(...call);
  return lines;
}

describe('makeLog', () => {
  it('writes one line of JSON with what all lines share', () => {
    expect(logged('info', ['info', 'two\nlines', { n: 1, gone: undefined }])).toEqual([
      '{"level":"info","message":"two\\nlines","cluster":"prod","n":1}',
    ]);
  });

  it.each<[LogLevel, LogLevel[]]>([
    ['debug', ['debug', 'info', 'warning', 'error']],
    ['info', ['info', 'warning', 'error']],
    ['error', ['error']],
  ])('at %s writes %j', (least, levels) => {
    const lines = logged(least, ['debug', ''], ['info', ''], ['warning', ''], ['error', '']);
    expect(lines.map((line) => (JSON.parse(line) as { level: string }).level)).toEqual(levels);
  });

  it('cuts texts of any length, wherever they are', () => {
    const [line = ''] = logged('info', ['error', 'x'.repeat(9_000), { facts: { body: 'y'.repeat(4_001) } }]);
    expect(JSON.parse(line)).toMatchObject({
      message: `${'x'.repeat(4_000)}… (5000 characters more)`,
      facts: { body: `${'y'.repeat(4_000)}… (1 characters more)` },
    });
  });
});
