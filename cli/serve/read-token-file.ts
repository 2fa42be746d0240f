import { constants, open } from 'node:fs/promises';
import { UsageError } from '../usage-error.ts';

/** Long enough that nobody guesses it. */
const SHORTEST_TOKEN = 16;
const LONGEST_TOKEN = 4_096;

/** The token that a file holds; `option` is what names the file. The token is never part of a message. @throws {UsageError} */
export async function readTokenFile(file: string, option: string): Promise<string> {
  const text = await readHead(file, option);
  const token = text.trim();
  if (!/^[\x21-\x7e]+$/.test(token) || token.length < SHORTEST_TOKEN || token.length > LONGEST_TOKEN) {
    throw new UsageError(
      `${file} must hold one token of ${SHORTEST_TOKEN} to ${LONGEST_TOKEN} characters without spaces, for example from: openssl rand -hex 32`,
    );
  }
  return token;
}

async function readHead(file: string, option: string): Promise<string> {
  try {
    await using handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(LONGEST_TOKEN + 2), 0, LONGEST_TOKEN + 2, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } catch (error) {
    throw new UsageError(
      `${file} can't be read: ${error instanceof Error ? error.message : String(error)}. Name the token's file with ${option}.`,
      {
        cause: error,
      },
    );
  }
}
