import { deepEqual, equal, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InfoMetricFamily, StateSetMetricFamily } from './statement-families.ts';

describe('InfoMetricFamily', () => {
  const family = (): InfoMetricFamily =>
    new InfoMetricFamily({ name: 'build_info', help: '', labelNames: ['module'] });

  it('shows facts as labels of a sample that is 1', () => {
    const facts = { version: '1.2.3', major: 1 };
    const info = family().addMetric(['core'], facts, { timestamp: 5 });
    facts.version = '9';
    equal(info.name, 'build');
    deepEqual(info.samples, [
      {
        name: 'build_info',
        labels: { module: 'core', version: '1.2.3', major: '1' },
        value: 1,
        timestamp: 5,
      },
    ]);
  });

  it('takes its facts at once', () => {
    const value = { version: '1.2.3' };
    deepEqual(new InfoMetricFamily({ name: 'build', help: '', value }).samples, [
      { name: 'build_info', labels: { version: '1.2.3' }, value: 1 },
    ]);
  });

  const refused: readonly (readonly [unknown, string, string])[] = [
    [undefined, 'TypeError', 'no facts, expected an object of facts, got undefined'],
    [null, 'TypeError', 'no facts, expected an object of facts, got null'],
    ['1.2.3', 'TypeError', 'no facts, expected an object of facts, got "1.2.3"'],
    [['1.2.3'], 'TypeError', 'no facts, expected an object of facts, got ["1.2.3"]'],
    [{ __a: 'x' }, 'RangeError', 'reserved label name, expected another name, got "__a"'],
    [
      { module: 'x' },
      'RangeError',
      'fact bears a label\'s name, expected another name, got "module"',
    ],
    [
      { a: undefined },
      'TypeError',
      'fact "a" has no usable value, expected a string or number, got undefined',
    ],
    [
      { a: true },
      'TypeError',
      'fact "a" has no usable value, expected a string or number, got true',
    ],
  ];
  for (const [facts, name, message] of refused) {
    it(`refuses with "${message}"`, () => {
      throws(() => family().addMetric(['core'], facts as never), {
        name,
        message: `info "build": ${message}`,
      });
    });
  }
});

describe('StateSetMetricFamily', () => {
  const family = (): StateSetMetricFamily => new StateSetMetricFamily({ name: 'flags', help: '' });

  it('shows each state as a sample, 1 or 0, in the order given', () => {
    const states = { b: true, a: false, 'any text': true };
    const set = family().addMetric([], states);
    states.b = false;
    deepEqual(set.samples, [
      { name: 'flags', labels: { flags: 'b' }, value: 1 },
      { name: 'flags', labels: { flags: 'a' }, value: 0 },
      { name: 'flags', labels: { flags: 'any text' }, value: 1 },
    ]);
  });

  it('takes its states at once', () => {
    const value = { on: true };
    deepEqual(new StateSetMetricFamily({ name: 'flags', help: '', value }).samples, [
      { name: 'flags', labels: { flags: 'on' }, value: 1 },
    ]);
  });

  it('refuses states that are neither on nor off', () => {
    throws(() => family().addMetric([], undefined as never), {
      name: 'TypeError',
      message: 'stateset "flags": no states, expected an object of states, got undefined',
    });
    throws(() => family().addMetric([], { a: true, b: 1 as never }), {
      name: 'TypeError',
      message: 'stateset "flags": state "b" is neither on nor off, expected true or false, got 1',
    });
  });
});
