import { join } from 'node:path';

/** Where `run` and `status` keep local state: `.foretide` beside the configuration, unless another place is named. */
export function stateDirectory(configDirectory: string, chosen: string | undefined): string {
  return chosen ?? join(configDirectory, '.foretide');
}
