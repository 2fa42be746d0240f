import { expect, it } from 'vitest';
import { parseStartOptions } from '../../../cli/serve/start-options.ts';

it.each([
  [[], { help: false, serve: undefined }],
  [['--help'], { help: true, serve: undefined }],
  [['--serve'], { help: false, serve: { port: 7117, minutesPerSecond: 20 } }],
  [['--serve', '--port', '0', '--speed', '2.5'], { help: false, serve: { port: 0, minutesPerSecond: 2.5 } }],
])('npm start -- %j', (args, options) => {
  expect(parseStartOptions(args)).toEqual(options);
});

it.each([
  [['--port', '1'], '--port and --speed are for the live page: add --serve'],
  [['--serve', '--port', 'x'], 'a port is a whole number from 0 (any that is free) to 65535 (got x)'],
  [['--serve', '--speed', '0'], '--speed is a number of simulated minutes a second, above 0 and up to 1000 (got 0)'],
  [['--serve', '--speed', 'fast'], '(got fast)'],
  [['--sevre'], "Unknown option '--sevre'"],
  [['serve'], 'npm start -- --serve'],
])('npm start -- %j is refused', (args, message) => {
  expect(() => parseStartOptions(args)).toThrow(message);
});
