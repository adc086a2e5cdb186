import { deepEqual, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type HttpServerOptions, toServerSettings } from './server-options.ts';

const PEM = '-----BEGIN NOTHING-----\nAAAA\n-----END NOTHING-----\n';

const REFUSED: readonly [options: object, name: string, message: string][] = [
  [
    { port: '9464' },
    'TypeError',
    'http server "*:9464": port has the wrong type, expected an integer from 0 to 65535, got "9464"',
  ],
  [
    { port: Number.NaN, host: '::1' },
    'RangeError',
    'http server "[::1]:NaN": port is out of range, expected an integer from 0 to 65535, got NaN',
  ],
  [
    { port: 65_536 },
    'RangeError',
    'http server "*:65536": port is out of range, expected an integer from 0 to 65535, got 65536',
  ],
  [
    { port: 80.5 },
    'RangeError',
    'http server "*:80.5": port is out of range, expected an integer from 0 to 65535, got 80.5',
  ],
  [
    { host: 127 },
    'TypeError',
    'http server "*:9464": host has the wrong type, expected an address or host name, got 127',
  ],
  [
    { host: '' },
    'RangeError',
    'http server ":9464": host is empty, expected an address or host name, got ""',
  ],
  [
    { path: /metrics/ },
    'TypeError',
    'http server "*:9464": path has the wrong type, expected a path such as "/metrics", got an object of class RegExp',
  ],
  ...['metrics', '/metrics?', '/a b', '/<b>', '', '/-/healthy'].map(
    (path): [object, string, string] => [
      { path },
      'RangeError',
      `http server "*:9464": path cannot be served, expected a path such as "/metrics", got "${path}"`,
    ],
  ),
  [
    { closeTimeoutMs: 0 },
    'RangeError',
    'http server "*:9464": closeTimeoutMs is out of range, expected an integer >= 1, got 0',
  ],
  [
    { maxNames: -1 },
    'RangeError',
    'http server "*:9464": maxNames is out of range, expected an integer >= 1, got -1',
  ],
  [
    { basicAuth: { username: 'a:b', password: 'c' } },
    'RangeError',
    'http server "*:9464": basicAuth.username holds a colon, expected a name without one, got "a:b"',
  ],
  [
    { prot: 80 },
    'TypeError',
    'http server "*:9464": unknown option, expected registry, basicAuth, bearerToken, disableCompression, created, maxQueryLength, maxNames, maxConcurrentScrapes, maxQueuedScrapes, metrics, onError, port, host, path, tls, unref, thread, closeTimeoutMs, got "prot"',
  ],
  [null!, 'TypeError', 'http server "*:9464": no options, expected an object, got null'],
  [
    { unref: 'no' },
    'TypeError',
    'http server "*:9464": unref has the wrong type, expected true or false, got "no"',
  ],
  [
    { tls: { cert: PEM, key: PEM, ca: PEM } },
    'TypeError',
    'http server "*:9464": unknown option of tls, expected cert, key, passphrase, clientCa, minVersion, got "ca"',
  ],
  [
    { tls: { cert: PEM, key: PEM, minVersion: 'TLSv1.4' } },
    'RangeError',
    'http server "*:9464": tls.minVersion is unknown, expected a version such as TLSv1.2, got "TLSv1.4"',
  ],
  [
    { tls: { cert: PEM, key: PEM, minVersion: 1.2 } },
    'TypeError',
    'http server "*:9464": tls.minVersion has the wrong type, expected a version such as TLSv1.2, got 1.2',
  ],
  [
    { tls: { cert: PEM, key: PEM, passphrase: 9 } },
    'TypeError',
    'http server "*:9464": tls.passphrase has the wrong type, expected a string, got a number',
  ],
  [
    { tls: undefined },
    'TypeError',
    'http server "*:9464": tls has the wrong type, expected an object with cert and key, got undefined',
  ],
  [
    { tls: { key: PEM } },
    'TypeError',
    'http server "*:9464": tls.cert has the wrong type, expected the contents of a PEM file, got undefined',
  ],
  [
    { tls: { cert: PEM, key: '/etc/tls/tls.key' } },
    'RangeError',
    'http server "*:9464": tls.key is not PEM, expected the contents of a PEM file, got no "-----BEGIN"',
  ],
  [
    { tls: { cert: PEM, key: PEM, clientCa: undefined } },
    'TypeError',
    'http server "*:9464": tls.clientCa has the wrong type, expected the contents of a PEM file, got undefined',
  ],
  [
    { tls: { cert: PEM, key: Buffer.from(PEM) } },
    'RangeError',
    'http server "*:9464": tls cannot be used, expected a certificate with its key, got ERR_OSSL_PEM_NO_START_LINE',
  ],
];

describe('toServerSettings', () => {
  it('listens everywhere, on port 9464, and serves /metrics unless told otherwise', () => {
    const { subject, port, host, path, tls, unref, thread, closeTimeoutMs } = toServerSettings({});
    deepEqual([subject, port, host, path], ['http server "*:9464"', 9464, undefined, '/metrics']);
    deepEqual([tls, unref, thread, closeTimeoutMs], [undefined, false, false, 5000]);
  });

  for (const [options, name, message] of REFUSED) {
    it(`refuses: ${message}`, () => {
      throws(() => toServerSettings(options as HttpServerOptions), { name, message });
    });
  }
});
