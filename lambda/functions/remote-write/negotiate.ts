import type { WriteVersion } from '../../adapters/remote-write/decode-write.ts';

/** What the headers announce, or why it is not taken. */
export type Negotiated =
  | { readonly kind: 'version'; readonly version: WriteVersion }
  | { readonly kind: 'unsupported'; readonly why: string };

const MESSAGES: Readonly<Record<string, WriteVersion>> = {
  'prometheus.WriteRequest': '1.0',
  'io.prometheus.write.v2.Request': '2.0',
};

/**
 * The message that Content-Type names, as https://prometheus.io/docs/specs/prw/remote_write_spec_2_0/ has it. Without the header it is
 * version 1.0 in snappy, as Prometheus' own receiver takes it: early senders left it out.
 */
export function negotiate(contentType: string | undefined, contentEncoding: string | undefined): Negotiated {
  const encoding = contentEncoding?.trim().toLowerCase() ?? '';
  if (encoding !== '' && encoding !== 'snappy') {
    return { kind: 'unsupported', why: `Content-Encoding ${quote(encoding)} is not taken; send snappy (block format).` };
  }
  const [mediaType = '', ...parameters] = (contentType ?? '').split(';').map((part) => part.trim());
  if (mediaType === '' && parameters.length === 0) return { kind: 'version', version: '1.0' };
  if (mediaType.toLowerCase() !== 'application/x-protobuf') {
    return { kind: 'unsupported', why: `Content-Type ${quote(mediaType)} is not taken; send application/x-protobuf.` };
  }
  for (const parameter of parameters) {
    const [, name = '', value = ''] = /^([^=]+)=(.*)$/.exec(parameter) ?? [];
    if (name.trim().toLowerCase() !== 'proto') continue;
    const message = value.trim().replace(/^"(.*)"$/, '$1');
    const version = Object.hasOwn(MESSAGES, message) ? MESSAGES[message] : undefined;
    if (version !== undefined) return { kind: 'version', version };
    return { kind: 'unsupported', why: `The message ${quote(message)} is not taken; send ${Object.keys(MESSAGES).join(' or ')}.` };
  }
  return { kind: 'version', version: '1.0' };
}

/** What a sender wrote, short enough for an answer. */
function quote(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
