/** A server of Node's that listens for as long as a test needs it. */

import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Where it listens. */
export interface Listening extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
}

/** Has a server listen on a port that is free, until the test leaves the block. */
export async function listen(server: Server): Promise<Listening> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}/metrics`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}
