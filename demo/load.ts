/** The load: clients that ask again as soon as they are answered, in a process of their own. */

import { Agent, get } from 'node:http';

/** What the clients have seen so far. */
export interface LoadCounts {
  /** Requests that left. */
  readonly sent: number;
  /** Requests whose answer came back whole. */
  readonly answered: number;
  /** Requests whose connection broke: their worker was killed. */
  readonly broken: number;
}

/** What the load is told: to say what it has seen, or to finish what is under way and end. */
export type LoadOrder = 'report' | 'stop';

const CLIENTS = 16;
const port = Number(process.argv[2]);
const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });

let sent = 0;
let answered = 0;
let broken = 0;
let running = true;

process.on('message', (message: LoadOrder) => {
  if (message === 'stop') running = false;
  else report();
});
process.on('disconnect', () => process.exit());
await Promise.all(Array.from({ length: CLIENTS }, client));
report();
process.disconnect();

async function client(): Promise<void> {
  while (running) await ask();
}

function ask(): Promise<void> {
  sent++;
  return new Promise((resolve) => {
    const failed = (): void => {
      broken++;
      resolve();
    };
    const request = get(
      { agent, host: '127.0.0.1', port, path: '/', timeout: 5000 },
      (response) => {
        response.on('end', () => {
          answered++;
          resolve();
        });
        response.on('error', failed);
        response.resume();
      },
    );
    request.on('timeout', () => request.destroy(new Error('no answer')));
    request.on('error', failed);
  });
}

function report(): void {
  process.send?.({ sent, answered, broken } satisfies LoadCounts);
}
