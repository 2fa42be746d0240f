import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashBase64 } from '../../report/sha256.ts';

describe('SHA-256', () => {
  it('is that of FIPS 180-4', () => {
    expect(hashBase64('abc')).toBe('ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=');
    expect(hashBase64('')).toBe('47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=');
  });

  it('is that of Node for any text', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
        expect(hashBase64(text)).toBe(createHash('sha256').update(text, 'utf8').digest('base64'));
      }),
    ));
});
