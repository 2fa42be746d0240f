import type { IncomingMessage } from 'node:http';

/** The body of a request, which ends at `maxBytes`: what would be longer is not read to its end. */
export async function readBody(request: IncomingMessage, maxBytes: number, tooLarge: (message: string) => Error): Promise<Uint8Array> {
  const announced = Number(request.headers['content-length'] ?? 0);
  const problem = (bytes: string) => tooLarge(`the body has ${bytes} bytes; at most ${maxBytes} are taken`);
  if (announced > maxBytes) throw problem(String(announced));
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError('the body of a request was given an encoding');
    length += chunk.length;
    if (length > maxBytes) throw problem(`more than ${maxBytes}`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}
