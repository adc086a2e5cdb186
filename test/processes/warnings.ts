/** What this library says in process warnings, for tests to compare whole. */

import type { Ending } from './temporary-folder.ts';

/** Gathers the warnings of this library, with their codes, until the test ends. */
export function warnings(context: Ending): string[] {
  const said: string[] = [];
  const listen = (warning: Error & { code?: string }): void => {
    if (warning.name === 'MetricsWarning') said.push(`${warning.code}: ${warning.message}`);
  };
  process.on('warning', listen);
  context.after(() => void process.off('warning', listen));
  return said;
}
