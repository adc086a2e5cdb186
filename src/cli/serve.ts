/** `promethium serve`: the metrics of a directory, shown by a process that has nothing but it. */

import { readFileSync } from 'node:fs';
import { startHttpServer } from '../http/node/server.ts';
import type { HttpServerOptions } from '../http/node/server-options.ts';
import { CollectorRegistry } from '../metrics/registry/registry.ts';
import { MetricsError } from '../model/error.ts';
import {
  MultiprocessStorage,
  openMultiprocessStorage,
} from '../multiprocess/multiprocess-storage.ts';
import type { ServeCommand } from './command.ts';

/**
 * Serves until `asked` resolves, and resolves when the last scrape is answered. Prints where the
 * metrics are as soon as they can be had.
 *
 * @throws {TypeError | RangeError} When the port, host or path cannot be served, or a certificate or token not be used.
 * @throws {MetricsError} `FILE_UNREADABLE` when one of theirs cannot be read, `DIRECTORY_UNUSABLE` when what is there is no directory or may not be read,
 * `LISTEN_FAILED` when the port is taken, or not to be had, or the host is not of this machine.
 */
export async function serve(command: ServeCommand, asked: Promise<void>): Promise<void> {
  const { directory, readOnly } = command;
  // Asks for no more than reading, and for nothing of one that is not there yet: the service may
  // start later. Whether files of the dead can be folded together is found out when there are any.
  openMultiprocessStorage({ directory, readOnly: true }).close();
  const storage = new MultiprocessStorage({ directory, readOnly });
  // Has no metric, and so makes no file.
  const registry = new CollectorRegistry({ storage });
  const server = await startHttpServer({ registry, ...toOptions(command) });
  console.log(`Serving ${directory} at ${server.url}`);
  await asked;
  await server.close();
  storage.close();
}

/** How to serve, with the contents of the files that were named. */
function toOptions(command: ServeCommand): HttpServerOptions {
  const { port, host, path, bearerTokenFile, tlsCert, tlsKey, tlsClientCa } = command;
  return {
    ...(port !== undefined && { port }),
    ...(host !== undefined && { host }),
    ...(path !== undefined && { path }),
    // Without the newline that an editor or `echo` leaves at the end.
    ...(bearerTokenFile !== undefined && {
      bearerToken: read('--bearer-token-file', bearerTokenFile).replace(/\r?\n$/, ''),
    }),
    ...(tlsCert !== undefined &&
      tlsKey !== undefined && {
        tls: {
          cert: read('--tls-cert', tlsCert),
          key: read('--tls-key', tlsKey),
          ...(tlsClientCa !== undefined && { clientCa: read('--tls-client-ca', tlsClientCa) }),
        },
      }),
  };
}

function read(option: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new MetricsError(
      'FILE_UNREADABLE',
      `promethium "${option}": cannot be read, expected a file, got ${code ?? message} for ${JSON.stringify(path)}`,
      { cause },
    );
  }
}
