/** Who is connected to a server, so that it can close without waiting for those who are idle. */

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Follows the connections of one server.
 *
 * Node's own `closeIdleConnections` leaves alone those that never asked for anything, such as a
 * browser opens ahead, and `close` would wait for them.
 */
export class Connections {
  readonly #server: Server;
  /** How many requests are being answered on each connection. */
  readonly #requests = new Map<Socket, number>();
  /** Connections as they were accepted: under TLS not the ones that requests come on. */
  readonly #accepted = new Set<Socket>();
  #closing = false;

  constructor(server: Server, { secure, unref }: { secure: boolean; unref: boolean }) {
    this.#server = server;
    server.on('connection', (socket: Socket) => {
      if (unref) socket.unref();
      this.#accepted.add(socket);
      socket.once('close', () => this.#accepted.delete(socket));
    });
    server.on(secure ? 'secureConnection' : 'connection', (socket: Socket) => {
      this.#requests.set(socket, 0);
      socket.once('close', () => this.#requests.delete(socket));
    });
  }

  /** Counts a request until its response has ended. */
  follow({ socket }: IncomingMessage, response: ServerResponse): void {
    if (this.#closing) response.shouldKeepAlive = false;
    this.#requests.set(socket, (this.#requests.get(socket) ?? 0) + 1);
    response.once('close', () => {
      const left = (this.#requests.get(socket) ?? 1) - 1;
      if (!socket.destroyed) this.#requests.set(socket, left);
      if (this.#closing && left === 0) socket.destroySoon();
    });
  }

  /** Stops listening, ends idle connections now, busy ones when they are done or time is up. */
  async close(timeoutMs: number): Promise<void> {
    this.#closing = true;
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    for (const [socket, requests] of this.#requests) if (requests === 0) socket.destroy();
    const timer = setTimeout(() => {
      for (const socket of this.#accepted) socket.destroy();
    }, timeoutMs);
    await closed;
    clearTimeout(timer);
  }
}
