import { deepEqual, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toCommand } from './command.ts';

const OPTIONS =
  '--dir, --port, --host, --path, --bearer-token-file, --tls-cert, --tls-key, --tls-client-ca, --read-only, --help, --version';

/** Sentences that a command line is refused with, by the command line. */
const REFUSED: Readonly<Record<string, [class_: ErrorConstructor, message: string]>> = {
  serv: [TypeError, 'promethium "serv": unknown command, expected serve, got "serv"'],
  '--dir /run/m': [TypeError, 'promethium: no command, expected serve, got --dir /run/m'],
  'serve /run/m': [
    TypeError,
    `promethium serve: takes options alone, expected ${OPTIONS}, got "/run/m"`,
  ],
  'serve --prot 1': [
    TypeError,
    `promethium "--prot": unknown option, expected ${OPTIONS}, got "--prot"`,
  ],
  'serve --__proto__ 1': [
    TypeError,
    `promethium "--__proto__": unknown option, expected ${OPTIONS}, got "--__proto__"`,
  ],
  'serve -p 1': [TypeError, `promethium "-p": unknown option, expected ${OPTIONS}, got "-p"`],
  'serve --dir': [TypeError, 'promethium "--dir": has no value, expected --dir and one, got none'],
  'serve --dir=': [TypeError, 'promethium "--dir": has no value, expected --dir and one, got ""'],
  'serve --port --dir /run/m': [
    TypeError,
    'promethium "--port": has no value, expected --port and one, got "--dir"',
  ],
  'serve --read-only=no': [
    TypeError,
    'promethium "--read-only": takes no value, expected it alone, got "no"',
  ],
  'serve --no-read-only': [
    TypeError,
    `promethium "--no-read-only": unknown option, expected ${OPTIONS}, got "--no-read-only"`,
  ],
  'serve --dir /run/m --port http': [
    RangeError,
    'promethium "--port": no number, expected an integer from 0 to 65535, got "http"',
  ],
  'serve --dir /run/m --port=-1': [
    RangeError,
    'promethium "--port": no number, expected an integer from 0 to 65535, got "-1"',
  ],
  'serve --dir /run/m --tls-cert a.pem': [
    RangeError,
    'promethium "--tls-cert": one half of two, expected --tls-cert and --tls-key, got --tls-cert alone',
  ],
  'serve --dir /run/m --tls-key a.pem': [
    RangeError,
    'promethium "--tls-key": one half of two, expected --tls-cert and --tls-key, got --tls-key alone',
  ],
  'serve --dir /run/m --tls-client-ca a.pem': [
    RangeError,
    'promethium "--tls-client-ca": without TLS, expected --tls-cert and --tls-key as well, got neither',
  ],
  serve: [
    RangeError,
    'promethium "--dir": not given, expected a directory, or one in PROMETHEUS_MULTIPROC_DIR, got neither',
  ],
};

function command(line: string, environment: Readonly<Record<string, string>> = {}) {
  return toCommand(
    line.split(' ').filter((word) => word !== ''),
    environment,
  );
}

describe('toCommand', () => {
  it('reads what is to be served, and where', () => {
    deepEqual(command('serve --dir /run/m'), {
      name: 'serve',
      directory: '/run/m',
      readOnly: false,
    });
    deepEqual(command('serve --dir=-m --port 0 --host ::1 --path /a --read-only --port 9000'), {
      name: 'serve',
      directory: '-m',
      readOnly: true,
      port: 9000,
      host: '::1',
      path: '/a',
    });
  });

  it('reads the names of files', () => {
    const files = '--bearer-token-file t --tls-cert c --tls-key k --tls-client-ca a';
    deepEqual(command(`serve --dir /run/m ${files}`), {
      name: 'serve',
      directory: '/run/m',
      readOnly: false,
      bearerTokenFile: 't',
      tlsCert: 'c',
      tlsKey: 'k',
      tlsClientCa: 'a',
    });
  });

  it('takes the directory from the environment unless it is typed, under both names', () => {
    const python = { prometheus_multiproc_dir: '/run/python' };
    const both = { ...python, PROMETHEUS_MULTIPROC_DIR: '/run/node' };
    const directory = (line: string, environment: Readonly<Record<string, string>>) =>
      (command(line, environment) as { directory: string }).directory;
    deepEqual(directory('serve', python), '/run/python');
    deepEqual(directory('serve', both), '/run/node');
    deepEqual(directory('serve', { ...python, PROMETHEUS_MULTIPROC_DIR: '' }), '/run/python');
    deepEqual(directory('serve --dir /run/typed', both), '/run/typed');
  });

  it('shows the help to whoever asks, or does not know what to ask', () => {
    for (const line of ['', '--help', '-h', 'serve --help', 'serve --dir /run/m -h']) {
      deepEqual(command(line), { name: 'help' }, line);
    }
    deepEqual(command('--version'), { name: 'version' });
  });

  for (const [line, [class_, message]] of Object.entries(REFUSED)) {
    it(`refuses "${line}"`, () => {
      throws(
        () => command(line),
        (error: Error) => {
          deepEqual([error.constructor, error.message], [class_, message]);
          return true;
        },
      );
    });
  }
});
