/** What a command line asks for, checked word by word before anything is done. */

import { parseArgs } from 'node:util';
import { show } from '../model/error.ts';

/** `promethium serve`, with what was typed after it. */
export interface ServeCommand {
  readonly name: 'serve';
  /** The directory that the processes share. */
  readonly directory: string;
  /** True to change nothing in it. */
  readonly readOnly: boolean;
  /** What is not here was not typed. */
  readonly port?: number;
  readonly host?: string;
  readonly path?: string;
  /** The file of the token that is asked for. */
  readonly bearerTokenFile?: string;
  /** The files of the certificate and its key: both of them or none. */
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  /** The file of the authorities that clients' certificates come from. */
  readonly tlsClientCa?: string;
}

/** What a command line asks for. */
export type Command = ServeCommand | { readonly name: 'help' } | { readonly name: 'version' };

const OPTIONS = {
  dir: { type: 'string' },
  port: { type: 'string' },
  host: { type: 'string' },
  path: { type: 'string' },
  'bearer-token-file': { type: 'string' },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
  'tls-client-ca': { type: 'string' },
  'read-only': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;

const EXPECTED_OPTIONS = Object.keys(OPTIONS)
  .map((name) => `--${name}`)
  .join(', ');

/** The names the directory's variable may have, the one that wins first. */
const VARIABLES = ['PROMETHEUS_MULTIPROC_DIR', 'prometheus_multiproc_dir'] as const;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads a command line. None at all asks for help.
 *
 * @param args - The words after the program's name.
 * @param environment - Where the directory is taken from that was not typed.
 * @throws {TypeError} When an option or command is not known, has no value, or has one it does not take.
 * @throws {RangeError} When the port is no number, no directory is named, or a file lacks another.
 */
export function toCommand(args: readonly string[], environment: Environment): Command {
  // Not strict: what Node says of a mistake does not say what would have been right.
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options: OPTIONS,
    strict: false,
    tokens: true,
  });
  for (const token of tokens) if (token.kind === 'option') requireOption(token);
  const [name, surplus] = positionals;
  if (name !== undefined && name !== 'serve') {
    throw new TypeError(
      `promethium ${show(name)}: unknown command, expected serve, got ${show(name)}`,
    );
  }
  if (surplus !== undefined) {
    throw new TypeError(
      `promethium serve: takes options alone, expected ${EXPECTED_OPTIONS}, got ${show(surplus)}`,
    );
  }
  if (values['version'] === true) return { name: 'version' };
  if (values['help'] === true || args.length === 0) return { name: 'help' };
  if (name === undefined) {
    throw new TypeError(`promethium: no command, expected serve, got ${args.join(' ')}`);
  }
  return toServe(values, environment);
}

interface OptionToken {
  readonly name: string;
  /** As it was typed. */
  readonly rawName: string;
  readonly value: string | undefined;
  /** True of `--port=9464`. */
  readonly inlineValue: boolean | undefined;
}

function requireOption({ name, rawName, value, inlineValue }: OptionToken): void {
  if (!Object.hasOwn(OPTIONS, name)) {
    throw new TypeError(
      `promethium ${show(rawName)}: unknown option, expected ${EXPECTED_OPTIONS}, got ${show(rawName)}`,
    );
  }
  const { type } = OPTIONS[name as keyof typeof OPTIONS];
  if (type === 'boolean' && value !== undefined) {
    throw new TypeError(
      `promethium ${show(rawName)}: takes no value, expected it alone, got ${show(value)}`,
    );
  }
  // What begins as an option does is one, unless it is said that it is not.
  const isOption = inlineValue !== true && value?.startsWith('-') === true;
  if (type === 'string' && (value === undefined || value === '' || isOption)) {
    const got = value === undefined ? 'none' : show(value);
    throw new TypeError(
      `promethium ${show(rawName)}: has no value, expected ${rawName} and one, got ${got}`,
    );
  }
}

function toServe(values: Readonly<Record<string, unknown>>, environment: Environment): Command {
  const given = values as Readonly<Record<string, string | undefined>>;
  const { dir, port, host, path } = given;
  const variable = VARIABLES.find((name) => environment[name]);
  const directory = dir ?? (variable && environment[variable]);
  if (directory === undefined) {
    throw new RangeError(
      'promethium "--dir": not given, expected a directory, or one in PROMETHEUS_MULTIPROC_DIR, got neither',
    );
  }
  return {
    name: 'serve',
    directory,
    readOnly: values['read-only'] === true,
    ...(port !== undefined && { port: toPort(port) }),
    ...(host !== undefined && { host }),
    ...(path !== undefined && { path }),
    ...toFiles(given),
  };
}

/** The options that are names of files, without those that were not typed. */
function toFiles(given: Readonly<Record<string, string | undefined>>): Partial<ServeCommand> {
  const {
    'bearer-token-file': bearerTokenFile,
    'tls-cert': tlsCert,
    'tls-key': tlsKey,
    'tls-client-ca': tlsClientCa,
  } = given;
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    const got = tlsCert === undefined ? '--tls-key' : '--tls-cert';
    throw new RangeError(
      `promethium ${show(got)}: one half of two, expected --tls-cert and --tls-key, got ${got} alone`,
    );
  }
  if (tlsClientCa !== undefined && tlsCert === undefined) {
    throw new RangeError(
      'promethium "--tls-client-ca": without TLS, expected --tls-cert and --tls-key as well, got neither',
    );
  }
  return {
    ...(bearerTokenFile !== undefined && { bearerTokenFile }),
    ...(tlsCert !== undefined && { tlsCert }),
    ...(tlsKey !== undefined && { tlsKey }),
    ...(tlsClientCa !== undefined && { tlsClientCa }),
  };
}

/** Whether there is such a port the server says itself. */
function toPort(port: string): number {
  if (/^\d+$/.test(port)) return Number(port);
  throw new RangeError(
    `promethium "--port": no number, expected an integer from 0 to 65535, got ${show(port)}`,
  );
}
