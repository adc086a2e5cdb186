import { deepEqual, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CASE_NAMES } from './cases.ts';
import { parseOptions } from './options.ts';

describe('parseOptions', () => {
  it('takes all cases in five rounds unless told otherwise', () => {
    deepEqual(parseOptions([]), {
      rounds: 5,
      names: [...CASE_NAMES],
      json: false,
      runtime: 'node',
    });
  });

  it('takes the cases whose names begin with what is given, in the order of the table', () => {
    deepEqual(parseOptions(['--only', 'observe-', '--only', 'timer', '--rounds', '7', '--json']), {
      rounds: 7,
      names: [
        'observe-11',
        'observe-30',
        'observe-native',
        'observe-native-mapped',
        'observe-labelled',
        'timer',
      ],
      json: true,
      runtime: 'node',
    });
  });

  it('takes the hot paths on another runtime, unless cases are named', () => {
    const { names, runtime } = parseOptions(['--runtime', 'bun']);
    deepEqual(runtime, 'bun');
    deepEqual(
      names,
      CASE_NAMES.filter((name) =>
        /^(increment|labels|observe|timer|expose-counters|expose-histograms)\b/.test(name),
      ),
    );
    deepEqual(parseOptions(['--runtime', 'deno', '--only', 'timer']).names, ['timer']);
  });

  it('refuses a runtime that there is not', () => {
    throws(() => parseOptions(['--runtime', 'rhino']), {
      name: 'RangeError',
      message: 'bench --runtime: no such runtime, expected node, bun, deno, got "rhino"',
    });
  });

  it('refuses a case that is not there', () => {
    throws(() => parseOptions(['--only', 'nothing']), {
      name: 'RangeError',
      message: `bench --only: no such case, expected ${CASE_NAMES.join(', ')}, got "nothing"`,
    });
  });

  for (const rounds of ['0', '1.5', 'many', '']) {
    it(`refuses "${rounds}" rounds`, () => {
      throws(() => parseOptions(['--rounds', rounds]), {
        name: 'RangeError',
        message: `bench --rounds: expected a whole number above 0, got "${rounds}"`,
      });
    });
  }
});
