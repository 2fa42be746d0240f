/** An answer was larger than anybody here reads. */
export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';
}

/** The text of a body, of at most so many bytes after decompression. @throws {BodyTooLargeError} beyond them; the rest is not taken from the network. */
export async function readBounded({ body }: { readonly body: AsyncIterable<Uint8Array> | null }, maxBytes: number): Promise<string> {
  if (body === null) return '';
  const decoder = new TextDecoder();
  let bytes = 0;
  let text = '';
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    // Leaving the loop cancels the stream.
    if (bytes > maxBytes) throw new BodyTooLargeError(`its answer has more than ${maxBytes} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
