/** `promethium serve`: the metrics of a directory, shown by a process that has nothing but it. */

import { startHttpServer } from '../http/node/server.ts';
import {
  MultiprocessStorage,
  openMultiprocessStorage,
} from '../multiprocess/multiprocess-storage.ts';
import type { ServeCommand } from './command.ts';

/**
 * Serves until `asked` resolves, and resolves when the last scrape is answered. Prints where the
 * metrics are as soon as they can be had.
 *
 * @throws {TypeError | RangeError} When the port, host or path cannot be served.
 * @throws {MetricsError} `DIRECTORY_UNUSABLE` when what is there is no directory or may not be read,
 * `LISTEN_FAILED` when the port is taken, or not to be had, or the host is not of this machine.
 */
export async function serve(
  { directory, readOnly, port, host, path }: ServeCommand,
  asked: Promise<void>,
): Promise<void> {
  // Asks for no more than reading, and for nothing of one that is not there yet: the service may
  // start later. Whether files of the dead can be folded together is found out when there are any.
  openMultiprocessStorage({ directory, readOnly: true }).close();
  // Declares no metric, and so makes no file.
  const storage = new MultiprocessStorage({ directory, readOnly });
  const server = await startHttpServer({
    registry: storage,
    ...(port !== undefined && { port }),
    ...(host !== undefined && { host }),
    ...(path !== undefined && { path }),
  });
  console.log(`Serving ${directory} at ${server.url}`);
  await asked;
  await server.close();
  storage.close();
}
