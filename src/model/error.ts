/**
 * The errors of this library, all of one form: `SUBJECT "name": what is wrong, expected X, got Y`.
 *
 * A `TypeError` is a wrong type or shape, a `RangeError` a wrong value, and {@linkcode MetricsError}
 * whatever the world outside answers: a taken name, a directory that cannot be read, a port in use.
 */

/** What went wrong, as a name that programs can compare. */
export type MetricsErrorCode =
  | 'ALREADY_REGISTERED'
  | 'NOT_REGISTERED'
  | 'STORAGE_IN_USE'
  | 'COLLECT_FAILED'
  | 'COLLECT_TIMEOUT'
  | 'DIRECTORY_UNUSABLE'
  | 'FILE_CORRUPT'
  | 'FILE_FOREIGN'
  | 'FILE_NEWER'
  | 'FILE_UNREADABLE'
  | 'WRITE_FAILED'
  | 'MAPPING_FAILED'
  | 'LISTEN_FAILED'
  | 'THREAD_FAILED'
  | 'DOCUMENT_INVALID'
  | 'EXEMPLAR_DROPPED';

/**
 * Something outside the caller's arguments stood in the way.
 *
 * `code` tells the cases apart and stays the same between releases; `message` is for people.
 * `cause` is the error of the system, where there was one.
 */
export class MetricsError extends Error {
  /** Which case it is. */
  readonly code: MetricsErrorCode;

  /** Made by this library; programs catch it. */
  constructor(code: MetricsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MetricsError';
    this.code = code;
  }
}

/**
 * Renders a value that was refused, short and unmistakable: strings quoted, objects by their class.
 *
 * Called on the way to a `throw` alone, so that a good call never pays for the sentence.
 */
export function show(value: unknown): string {
  if (typeof value === 'string')
    return JSON.stringify(value.length > 64 ? `${value.slice(0, 61)}…` : value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value))
    return `[${Array.from(value.slice(0, 8), show).join(', ')}${value.length > 8 ? ', …' : ''}]`;
  const name: unknown = value.constructor?.name;
  return name === 'Object' || typeof name !== 'string' ? 'an object' : `an object of class ${name}`;
}
