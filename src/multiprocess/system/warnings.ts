/** What the operator should know of, said once: a scrape every 15 seconds must not fill a log. */

/** What is said, with a name that programs can compare. */
export interface Warning {
  readonly message: string;
  readonly code: string;
}

/**
 * How many things are said under one code. Where each process leaves a file that this one may not read,
 * there is one more with each of them for ever; the metric that counts them goes on.
 */
const SAID_OF_A_CODE = 100;

/** Says each thing once. */
export class Warnings {
  readonly #said = new Set<string>();
  /** How many were said, by their codes. */
  readonly #counts = new Map<string, number>();

  /** Emits it, most often an error, as a process warning of type `MetricsWarning`, unless `topic` had one before. */
  warn(topic: string, { message, code }: Warning): void {
    const count = this.#counts.get(code) ?? 0;
    if (this.#said.has(topic) || count === SAID_OF_A_CODE) return;
    this.#said.add(topic);
    this.#counts.set(code, count + 1);
    process.emitWarning(message, { type: 'MetricsWarning', code });
  }
}
