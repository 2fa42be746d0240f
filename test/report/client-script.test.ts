import { describe, expect, it } from 'vitest';
import { CLIENT_SCRIPT } from '../../report/generated/client-script.ts';
import { CLIENT_SCRIPT_PATH, generatedClientModule } from '../../scripts/generate-client.ts';
import { readText } from '../repository/repository-files.ts';

describe('the script of report pages', () => {
  it('is made of what report/client is now (stale: npm run generate)', { timeout: 60_000 }, async () => {
    expect((await generatedClientModule()) === readText(CLIENT_SCRIPT_PATH)).toBe(true);
  });

  it('asks nobody for anything, and is no larger than was decided', () => {
    expect(CLIENT_SCRIPT).not.toMatch(/\bfetch\(|XMLHttpRequest|WebSocket|sendBeacon|importScripts|\beval\(|new Function/);
    expect(CLIENT_SCRIPT.length).toBeLessThan(540_000);
  });
});
