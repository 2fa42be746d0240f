import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * On Linux, the command wrapped such that the kernel kills it when its parent ends in whatever way (util-linux's setpriv); elsewhere,
 * and where there is no setpriv, the command as it is.
 */
export function dieWithParent(command: string, args: readonly string[]): readonly [string, readonly string[]] {
  if (process.platform !== 'linux' || !isOnPath('setpriv')) return [command, args];
  return ['setpriv', ['--pdeathsig', 'KILL', '--', command, ...args]];
}

function isOnPath(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      // Not in this folder.
      return false;
    }
  });
}
