/**
 * Who may read the metrics: one user with a password, or whoever bears a token. Shared by every
 * adapter, so that all of them open and close the same door.
 */

import { show } from '../model/error.ts';
import { requireOptions } from './option-rules.ts';

/** The user that Prometheus' `basic_auth` names. */
export interface BasicAuth {
  /** The user's name. It cannot hold a colon, which is what ends it on the wire. */
  readonly username: string;
  /** The password, at least one character. */
  readonly password: string;
}

/** The one credential that a handler asks for; at most one of the two is given. */
export interface AuthenticationOptions {
  /**
   * Answers only requests with this user and password; others get status 401.
   *
   * Both travel readable to everyone on the way unless the connection is encrypted.
   */
  readonly basicAuth?: BasicAuth;
  /** Answers only requests with this token, as `authorization.credentials` of Prometheus sends it. */
  readonly bearerToken?: string;
}

/** A credential as it comes in an `Authorization` header. */
export interface Authentication {
  /** The word before the credential. */
  readonly scheme: 'Basic' | 'Bearer';
  /** The credential itself, encoded as on the wire. */
  readonly credential: string;
  /** What `WWW-Authenticate` says to whoever comes without it. */
  readonly challenge: string;
}

/**
 * Checks the options and returns the credential to ask for, `undefined` where there is none.
 *
 * No message shows a credential: errors end up in logs.
 *
 * @throws {TypeError} When a credential is not a string or has unknown parts, both kinds are given, or one is given as
 *   `undefined`: the variable of the environment that was not set must not open the door to all.
 * @throws {RangeError} When a credential is empty or cannot be sent in a header.
 */
export function toAuthentication(
  options: AuthenticationOptions,
  subject: string,
): Authentication | undefined {
  const { basicAuth, bearerToken } = options;
  for (const kind of ['basicAuth', 'bearerToken'] as const) {
    if (kind in options && options[kind] === undefined) {
      throw new TypeError(
        `${subject}: ${kind} has no value, expected a credential or no such option, got undefined`,
      );
    }
  }
  if (basicAuth !== undefined && bearerToken !== undefined) {
    throw new TypeError(
      `${subject}: two credentials are asked for, expected basicAuth or bearerToken, got both`,
    );
  }
  if (basicAuth !== undefined) return toBasic(basicAuth, subject);
  if (bearerToken !== undefined) return toBearer(bearerToken, subject);
  return undefined;
}

/**
 * True when the value of an `Authorization` header is the credential asked for.
 *
 * Digests are compared, all 32 bytes of them, so that the time it takes tells nothing about how
 * much of a guess was right, nor how long the credential is.
 */
export async function isAuthorized(
  authorization: string | null | undefined,
  { scheme, credential }: Authentication,
): Promise<boolean> {
  const [, word, given] = /^(\S+) +(\S+) *$/.exec(authorization ?? '') ?? [];
  if (word?.toLowerCase() !== scheme.toLowerCase() || given === undefined) return false;
  const [a, b] = await Promise.all([digest(given), digest(credential)]);
  let difference = 0;
  for (let i = 0; i < 32; i++) difference |= a[i]! ^ b[i]!;
  return difference === 0;
}

async function digest(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
}

function toBasic(basicAuth: BasicAuth, subject: string): Authentication {
  requireOptions(subject, basicAuth, ['username', 'password'], ' of basicAuth');
  const { username, password }: Partial<BasicAuth> = basicAuth;
  requireText(`${subject}: basicAuth.username`, username);
  requireText(`${subject}: basicAuth.password`, password);
  if (username.includes(':')) {
    throw new RangeError(
      `${subject}: basicAuth.username holds a colon, expected a name without one, got ${show(username)}`,
    );
  }
  const bytes = new TextEncoder().encode(`${username}:${password}`);
  return {
    scheme: 'Basic',
    credential: btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')),
    challenge: 'Basic realm="metrics", charset="UTF-8"',
  };
}

function toBearer(token: string, subject: string): Authentication {
  requireText(`${subject}: bearerToken`, token);
  // Most often the newline at the end of the file that the token was read from.
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new RangeError(
      `${subject}: bearerToken cannot be sent, expected visible ASCII characters, got white space or others among them`,
    );
  }
  return { scheme: 'Bearer', credential: token, challenge: 'Bearer realm="metrics"' };
}

function requireText(what: string, value: unknown): asserts value is string {
  if (typeof value !== 'string') {
    const got = value === null || value === undefined ? String(value) : `a ${typeof value}`;
    throw new TypeError(`${what} has the wrong type, expected a string, got ${got}`);
  }
  if (value === '') throw new RangeError(`${what} is empty, expected a character or more, got ""`);
}
