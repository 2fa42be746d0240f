import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { makeLogNotifier } from '../../../lambda/adapters/log/log-notifier.ts';

it('writes one line of JSON, whatever the text', async () => {
  const written: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      written.push(String(chunk));
      done();
    },
  });
  await makeLogNotifier(stream).notify({ key: 'k', severity: 'info', title: 'a\nb', lines: ['c'] });
  expect(written).toEqual(['{"kind":"notification","severity":"info","key":"k","title":"a\\nb","lines":["c"]}\n']);
});
