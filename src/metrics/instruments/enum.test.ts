import { deepEqual, equal, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sampleRows } from '../../../test/sample-lines.ts';
import { Enum, type EnumOptions } from './enum.ts';

const breaker = (options: Partial<EnumOptions> = {}): Enum =>
  new Enum({
    name: 'breaker_state',
    help: 'State of the circuit breaker.',
    states: ['closed', 'open', 'half-open'],
    registry: null,
    ...options,
  });

describe('Enum', () => {
  it('is in its first state until it is told another, and in one at a time', () => {
    const state = breaker();
    equal(state.value, 'closed');
    state.state('half-open');
    equal(state.value, 'half-open');
    deepEqual(sampleRows(state), [
      ['closed', 0],
      ['open', 0],
      ['half-open', 1],
    ]);
    state.state('half-open');
    state.state('closed');
    equal(state.value, 'closed');
  });

  it('keeps its states, whatever is done to the list later', () => {
    const list = ['a', 'b'];
    const state = breaker({ states: list });
    list[0] = 'c';
    equal(state.value, 'a');
  });

  it('has a state for each child', () => {
    const peers = new Enum({
      name: 'peer_state',
      help: 'State.',
      labelNames: ['peer'],
      states: ['down', 'up'],
      multiprocessMode: 'mostrecent',
      registry: null,
    });
    peers.labels('a').state('up');
    peers.labels('b');
    deepEqual(sampleRows(peers), [
      ['a', 'down', 0],
      ['a', 'up', 1],
      ['b', 'down', 1],
      ['b', 'up', 0],
    ]);
  });

  for (const [state, shown] of [
    ['ajar', '"ajar"'],
    ['', '""'],
    ['toString', '"toString"'],
    [0, '0'],
    [undefined, 'undefined'],
    [null, 'null'],
  ] as const) {
    it(`refuses the state ${shown} and stays in its own`, () => {
      const one = breaker();
      one.state('open');
      throws(() => one.state(state as never), {
        name: 'RangeError',
        message: `enum "breaker_state": unknown state, expected "closed", "open", "half-open", got ${shown}`,
      });
      equal(one.value, 'open');
    });
  }

  const refused: readonly (readonly [object, string, string])[] = [
    [{ states: undefined }, 'TypeError', 'no states, expected an array of strings, got undefined'],
    [{ states: [] }, 'TypeError', 'no states, expected an array of strings, got []'],
    [{ states: 'open' }, 'TypeError', 'no states, expected an array of strings, got "open"'],
    [{ states: ['a', 1] }, 'TypeError', 'no states, expected an array of strings, got ["a", 1]'],
    [
      { states: new Array(1) },
      'TypeError',
      'no states, expected an array of strings, got [undefined]',
    ],
    [
      { states: ['a', 'b', 'a'] },
      'RangeError',
      'state given twice, expected different states, got "a"',
    ],
    [
      { multiprocessMode: 'sum' },
      'RangeError',
      'unknown multiprocess mode, expected all, liveall, mostrecent, livemostrecent, got "sum"',
    ],
    [
      { labelNames: ['breaker_state'] },
      'RangeError',
      'reserved label name, expected another name, got "breaker_state"',
    ],
  ];
  for (const [options, name, message] of refused) {
    it(`refuses with "${message}"`, () => {
      throws(() => breaker(options as never), {
        name,
        message: `enum "breaker_state": ${message}`,
      });
    });
  }
});

describe('Enum states', () => {
  it('are no halves of surrogate pairs, of which two would be written as one', () => {
    throws(
      () => new Enum({ name: 'x', help: 'X.', registry: null, states: ['\ud800', '\ud801'] }),
      {
        name: 'RangeError',
        message:
          'enum "x": state that UTF-8 cannot hold, expected no half of a surrogate pair, got "\\ud800"',
      },
    );
  });
});
