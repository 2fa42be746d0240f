import { expect, it } from 'vitest';
import { LIVE_SCRIPT } from '../../report/generated/live-script.ts';
import { generatedLiveModule, LIVE_SCRIPT_PATH } from '../../scripts/generate-client.ts';
import { readText } from '../repository/repository-files.ts';

it('the script of live pages is made of what report/client is now (stale: npm run generate)', { timeout: 60_000 }, async () => {
  expect((await generatedLiveModule()) === readText(LIVE_SCRIPT_PATH)).toBe(true);
});

it('the script of live pages talks to nothing but its own events, and brings no chart library of its own', () => {
  expect(LIVE_SCRIPT).not.toMatch(/\bfetch\(|XMLHttpRequest|WebSocket|sendBeacon|importScripts|\beval\(|new Function|https?:/);
  expect(LIVE_SCRIPT.length).toBeLessThan(60_000);
});
