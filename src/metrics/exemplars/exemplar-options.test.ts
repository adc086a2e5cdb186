import { deepEqual, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ExemplarOptions, toExemplarSampling } from './exemplar-options.ts';

const provider = (): undefined => undefined;
const check = (options: unknown): unknown =>
  toExemplarSampling('registry', options as ExemplarOptions);

describe('toExemplarSampling', () => {
  it('fills in what was not given', () => {
    const sampling = { minAgeSeconds: 7, maxAgeSeconds: 70, intervalSeconds: 0.09 };
    deepEqual(check({ provider }), { provider, ...sampling });
    const none = { minAgeSeconds: 0, maxAgeSeconds: 0, intervalSeconds: 0 };
    deepEqual(check({ provider, ...none }), { provider, ...none });
  });

  for (const [options, name, message] of [
    [null, 'TypeError', 'registry: exemplars are none, expected { provider: … }, got null'],
    [{}, 'TypeError', 'registry: exemplars have no provider, expected a function, got undefined'],
    [
      { provider, rate: 1 },
      'TypeError',
      'registry: unknown option of exemplars, expected provider, minAgeSeconds, maxAgeSeconds, intervalSeconds, got "rate"',
    ],
    [
      { provider, minAgeSeconds: '7' },
      'TypeError',
      'registry: minAgeSeconds of exemplars is no duration, expected seconds >= 0, got "7"',
    ],
    [
      { provider, intervalSeconds: Number.NaN },
      'RangeError',
      'registry: intervalSeconds of exemplars is no duration, expected seconds >= 0, got NaN',
    ],
    [
      { provider, maxAgeSeconds: 5 },
      'RangeError',
      'registry: maxAgeSeconds of exemplars is too short, expected minAgeSeconds, 7, or more, got 5',
    ],
  ] as const) {
    it(`refuses: ${message}`, () => {
      throws(() => check(options), { name, message });
    });
  }
});
