import { describe, expect, it } from 'vitest';
import { describeFailure, quoteText } from '../../../lambda/adapters/kubernetes/messages.ts';

describe('quoteText', () => {
  it.each([
    ['lines\n\tof\u0000 text\u001b[0m ', 'lines of text [0m'],
    ['Authorization: Bearer eyJhbGciOi.x.y!', 'Authorization: [secret]'],
    ['token eyJhbGciOiJSUzI1NiIs.eyJpc3MiOiJr.c2lnbmF0dXJl is bad', 'token [secret] is bad'],
    ['k8s-aws-v1.aHR0cHM6Ly9zdHMu-_x rejected', '[secret] rejected'],
    ['?X-Amz-Security-Token=abc%2Fdef&X-Amz-Signature=0123abcd&X-Amz-Expires=60', '?[secret]&[secret]&X-Amz-Expires=60'],
    ['a secret named token', 'a secret named token'],
    ['', ''],
  ])('%j reads %j', (text, quoted) => {
    expect(quoteText(text)).toBe(quoted);
  });

  it('is at most 500 characters and an ellipsis', () => {
    expect(quoteText('ä'.repeat(100_000))).toBe(`${'ä'.repeat(500)}…`);
  });

  it('does not let a secret through at the cut', () => {
    expect(quoteText(`${'x'.repeat(490)} k8s-aws-v1.${'A'.repeat(5_000)}`)).toBe(`${'x'.repeat(490)} [secret]`);
  });
});

describe('describeFailure', () => {
  const withCode = (message: string, code: string) => Object.assign(new Error(message), { code });
  it.each([
    [
      'the cause that undici wraps',
      new TypeError('fetch failed', { cause: withCode('getaddrinfo ENOTFOUND k8s.example', 'ENOTFOUND') }),
      'getaddrinfo ENOTFOUND k8s.example',
    ],
    [
      'the code that its message lacks',
      new TypeError('terminated', { cause: withCode('other side closed', 'UND_ERR_SOCKET') }),
      'UND_ERR_SOCKET: other side closed',
    ],
    [
      'the first of several addresses',
      new TypeError('fetch failed', { cause: new AggregateError([withCode('connect ECONNREFUSED ::1:6443', 'ECONNREFUSED')]) }),
      'connect ECONNREFUSED ::1:6443',
    ],
    ['a code alone', withCode('', 'ECONNRESET'), 'ECONNRESET'],
    ['a plain error', new Error('self-signed certificate'), 'self-signed certificate'],
    ['no error at all', 'odd', 'odd'],
  ])('gives %s', (_name, error, described) => {
    expect(describeFailure(error)).toBe(described);
  });
});
