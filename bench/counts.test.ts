import { equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sumOfLines } from './counts.ts';

describe('sumOfLines', () => {
  it('adds up the samples with a suffix, and nothing else', () => {
    const text = `\
# HELP a_total Not a sample: 5
# TYPE a_total counter
a_total{path="a_total 7 "} 1
a_total 20
a_sum 300
`;
    equal(sumOfLines(text, '_total'), 21);
  });
});
