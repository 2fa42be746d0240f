import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';
import { hasCode } from './record-files.ts';

/** Who holds a lock. `id` is new for each time; `startedAt` tells a process from a later one with its number. */
export const LockHolder = z.object({ id: z.uuid(), pid: z.int().positive(), startedAt: z.string(), machine: z.string() });
export type LockHolder = z.infer<typeof LockHolder>;

/** `unknown`: a process of another machine or container, which can't be asked. */
export type Liveness = 'alive' | 'dead' | 'unknown';

/** Host, boot and PID namespace: process numbers mean the same only where all three agree. */
const MACHINE = [
  hostname(),
  textOf(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')),
  textOf(() => readlinkSync('/proc/self/ns/pid')),
].join(' ');

export function thisProcess(): LockHolder {
  return { id: randomUUID(), pid: process.pid, startedAt: startOf(process.pid), machine: MACHINE };
}

export function livenessOf(holder: LockHolder): Liveness {
  if (holder.machine !== MACHINE) return 'unknown';
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if (hasCode(error, 'ESRCH')) return 'dead';
    if (!hasCode(error, 'EPERM')) throw error;
  }
  if (holder.startedAt !== startOf(holder.pid)) return 'dead';
  return 'alive';
}

/** The kernel's start time of a process where there is /proc, `Z` once it has died and waits to be reaped; otherwise empty. */
function startOf(pid: number): string {
  const stat = textOf(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  // The second field is the program's name in parentheses and may hold anything; fields 3 (state) and 22 (start) follow it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? 'Z' : (fields[19] ?? '');
}

/** What the system tells, or nothing where it has no such file. */
function textOf(read: () => string): string {
  try {
    return read().trim();
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH', 'EACCES', 'EPERM', 'EINVAL', 'UNKNOWN')) return '';
    throw error;
  }
}
