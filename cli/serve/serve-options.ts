import { UsageError } from '../usage-error.ts';

export const DEFAULT_HOST = '127.0.0.1';
export const DEFAULT_PORT = 7117;

/** A port as somebody wrote it; 0 is any that is free. */
export function parsePort(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new UsageError(`a port is a whole number from 0 (any that is free) to 65535 (got ${text})`);
  return Number(text);
}
