/** Who is connected to a server, so that it can close without waiting for those who are idle. */

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

interface Connection {
  /** The socket as it was accepted; under TLS, requests come on another one over it. */
  readonly socket: Socket;
  /** How many requests are being answered on it. */
  requests: number;
}

/**
 * Follows the connections of one server.
 *
 * Node's own `closeIdleConnections` leaves alone those that never asked for anything, such as a
 * browser opens ahead or a port scanner leaves behind, and `close` would wait for them.
 */
export class Connections {
  readonly #server: Server;
  /** By the addresses of both ends, which the two sockets of a connection under TLS share. */
  readonly #connections = new Map<string, Connection>();
  #closing = false;

  /** Follows `server` from before it listens; with `unref` its connections let the process end. */
  constructor(server: Server, { unref }: { unref: boolean }) {
    this.#server = server;
    server.on('connection', (socket: Socket) => {
      if (unref) socket.unref();
      const ends = endsOf(socket);
      this.#connections.set(ends, { socket, requests: 0 });
      socket.once('close', () => this.#connections.delete(ends));
    });
  }

  /** Counts a request until its response has ended. */
  follow({ socket }: IncomingMessage, response: ServerResponse): void {
    const connection = this.#connections.get(endsOf(socket));
    if (connection === undefined) return;
    connection.requests++;
    response.once('close', () => {
      connection.requests--;
      if (this.#closing && connection.requests === 0) socket.destroySoon();
    });
  }

  /** Stops listening, ends idle connections now, busy ones when they are done or time is up. */
  async close(timeoutMs: number): Promise<void> {
    this.#closing = true;
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    for (const { socket, requests } of this.#connections.values()) {
      if (requests === 0) socket.destroy();
    }
    const timer = setTimeout(() => {
      for (const { socket } of this.#connections.values()) socket.destroy();
    }, timeoutMs);
    await closed;
    clearTimeout(timer);
  }
}

function endsOf({ localAddress, localPort, remoteAddress, remotePort }: Socket): string {
  return `${localAddress} ${localPort} ${remoteAddress} ${remotePort}`;
}
