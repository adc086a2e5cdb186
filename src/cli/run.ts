/** From the words of a command line to an exit code, with every way it can end. */

import { createRequire } from 'node:module';
import { MetricsError } from '../model/error.ts';
import { toCommand } from './command.ts';
import { HELP } from './help.ts';
import { serve } from './serve.ts';

/**
 * Runs a command line and resolves to its exit code when it has ended: 0 as it was asked to, 1 where
 * the world outside stood in the way, such as a port in use, 2 where the command line makes no sense.
 * A failure is one line on the error stream.
 *
 * @param args - The words after the program's name.
 */
export async function run(args: readonly string[]): Promise<number> {
  try {
    const command = toCommand(args, process.env);
    if (command.name === 'serve') await serve(command, untilAsked());
    else console.log(command.name === 'help' ? HELP : version());
    return 0;
  } catch (error) {
    const isOfWorld = error instanceof MetricsError;
    const isOfUser = error instanceof TypeError || error instanceof RangeError;
    // A mistake of this program: with everything that helps to find it.
    if (!isOfWorld && !isOfUser) throw error;
    console.error(error.message);
    return isOfWorld ? 1 : 2;
  }
}

/**
 * Resolves when the process is asked to end. Asked once more it ends at once, as any does: whoever
 * presses Ctrl-C twice does not want to wait for a scrape.
 */
function untilAsked(): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      process.off('SIGTERM', end).off('SIGINT', end);
      resolve();
    };
    process.on('SIGTERM', end).on('SIGINT', end);
  });
}

function version(): string {
  // As far below `src` as below `dist`.
  return createRequire(import.meta.url)('../../package.json').version;
}
