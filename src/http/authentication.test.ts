import { equal, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type AuthenticationOptions, isAuthorized, toAuthentication } from './authentication.ts';

describe('toAuthentication', () => {
  it('asks for nothing unless told to', () => {
    equal(toAuthentication({}, 'test'), undefined);
  });

  const refused: readonly [options: object, name: string, message: string][] = [
    [
      { bearerToken: undefined },
      'TypeError',
      'test: bearerToken has no value, expected a credential or no such option, got undefined',
    ],
    [
      { basicAuth: undefined },
      'TypeError',
      'test: basicAuth has no value, expected a credential or no such option, got undefined',
    ],
    [
      { basicAuth: { username: 'a', password: 'b' }, bearerToken: 'c' },
      'TypeError',
      'test: two credentials are asked for, expected basicAuth or bearerToken, got both',
    ],
    [
      { basicAuth: null },
      'TypeError',
      'test: no options of basicAuth, expected an object, got null',
    ],
    [
      { basicAuth: { username: 'a' } },
      'TypeError',
      'test: basicAuth.password has the wrong type, expected a string, got undefined',
    ],
    [
      { basicAuth: { username: 'a', password: 12345 } },
      'TypeError',
      'test: basicAuth.password has the wrong type, expected a string, got a number',
    ],
    [
      { basicAuth: { username: '', password: 'b' } },
      'RangeError',
      'test: basicAuth.username is empty, expected a character or more, got ""',
    ],
    [
      { basicAuth: { username: 'a', password: '' } },
      'RangeError',
      'test: basicAuth.password is empty, expected a character or more, got ""',
    ],
    [
      { basicAuth: { username: 'a:b', password: 'c' } },
      'RangeError',
      'test: basicAuth.username holds a colon, expected a name without one, got "a:b"',
    ],
    [
      { bearerToken: '' },
      'RangeError',
      'test: bearerToken is empty, expected a character or more, got ""',
    ],
    [
      { bearerToken: 'from-a-file\n' },
      'RangeError',
      'test: bearerToken cannot be sent, expected visible ASCII characters, got white space or others among them',
    ],
  ];
  for (const [options, name, message] of refused) {
    it(`refuses: ${message}`, () => {
      throws(() => toAuthentication(options as AuthenticationOptions, 'test'), { name, message });
    });
  }
});

describe('isAuthorized', () => {
  const bearer = toAuthentication({ bearerToken: 'secret' }, 'test')!;

  it('forgives spaces around the credential, as fields of HTTP do', async () => {
    equal(await isAuthorized('bearer   secret ', bearer), true);
  });

  for (const header of [
    undefined,
    null,
    '',
    'Bearer',
    'Bearer secret secret',
    'Bearer secre',
    'Bearer secrets',
    'Bearer Secret',
    'Basic secret',
  ]) {
    it(`refuses ${header}`, async () => {
      equal(await isAuthorized(header, bearer), false);
    });
  }

  it('refuses a header of a million characters at once', async () => {
    equal(await isAuthorized(`Bearer ${' '.repeat(1e6)}x y`, bearer), false);
    equal(await isAuthorized(`Bearer ${'x '.repeat(5e5)}`, bearer), false);
  });
});
