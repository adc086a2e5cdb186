/** What the operator should know of, said once: a scrape every 15 seconds must not fill a log. */

/** What is said, with a name that programs can compare. */
export interface Warning {
  readonly message: string;
  readonly code: string;
}

/** Says each thing once. */
export class Warnings {
  readonly #said = new Set<string>();

  /** Emits it, most often an error, as a process warning of type `MetricsWarning`, unless `topic` had one before. */
  warn(topic: string, { message, code }: Warning): void {
    if (this.#said.has(topic)) return;
    this.#said.add(topic);
    process.emitWarning(message, { type: 'MetricsWarning', code });
  }
}
