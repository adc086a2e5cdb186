/** What the operator should know of, said once: a scrape every 15 seconds must not fill a log. */

import type { MetricsError } from '../model/error.ts';

/** Says each thing once. */
export class Warnings {
  readonly #said = new Set<string>();

  /** Emits the error as a process warning of type `MetricsWarning`, unless `topic` had one before. */
  warn(topic: string, { message, code }: MetricsError): void {
    if (this.#said.has(topic)) return;
    this.#said.add(topic);
    process.emitWarning(message, { type: 'MetricsWarning', code });
  }
}
