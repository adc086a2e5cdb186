/** What a program and the thread that serves its metrics say to each other. Plain data, all of it. */

import { MetricsError, type MetricsErrorCode } from '../../model/error.ts';
import type { HttpServerOptions } from './server-options.ts';

/** What the thread is started with. */
export interface ThreadData {
  /** The directory whose metrics it serves. */
  readonly directory: string;
  /** How it serves them; none of them a function, since those do not cross. */
  readonly options: HttpServerOptions;
  /** How long a scrape waits for the program to bring its numbers up to date, in milliseconds. */
  readonly refreshTimeoutMs: number;
}

/** Where the thread listens. */
export interface Listening {
  readonly port: number;
  readonly host: string;
  readonly url: string;
}

/** Why the thread cannot serve. */
export interface Failed {
  readonly code: string | undefined;
  readonly message: string;
  readonly cause: SystemCause | undefined;
}

/** What crosses of an error of the system. */
export interface SystemCause {
  readonly message: string;
  readonly code: string | undefined;
  readonly syscall: string | undefined;
}

/**
 * What the thread says: once how its start came out; at a scrape, that the program be so kind as to
 * bring its numbers up to date; at last, that it has nothing more to do.
 */
export type ThreadReport =
  | { readonly listening: Listening }
  | { readonly failed: Failed }
  | { readonly wants: 'refresh' }
  | { readonly done: 'close' };

/** What the program says: that its numbers are up to date as far as it can tell, or the last word. */
export type ThreadOrder = 'refreshed' | 'close';

/** What crosses of an error. */
export function toFailed(error: unknown): Failed {
  const { code, message, cause } = error as NodeJS.ErrnoException;
  const { message: why, code: errno, syscall } = Object(cause) as NodeJS.ErrnoException;
  return {
    code,
    message,
    cause: cause instanceof Error ? { message: why!, code: errno, syscall } : undefined,
  };
}

/** The error it was, as near as can be. */
export function toError({ code, message, cause }: Failed): Error {
  const options = cause && { cause: Object.assign(new Error(cause.message), cause) };
  return new MetricsError(code as MetricsErrorCode, message, options);
}
