import { deepEqual } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { brokenLines } from './openmetrics2-grammar.ts';

describe('brokenLines', () => {
  const good = [
    'a 1',
    'a{b="c"} +Inf',
    'a{"b.c"="d",e="f"} 1e5 1.5 st@-1 # {} 1 2 # {g="h"} nan .5',
    'a{} 1',
  ];
  const bad = [
    ...['a', 'a  1', 'a 1 ', 'a{b=c} 1', 'a{b="c",} 1', 'a{b.c="d"} 1', 'b 1', 'a 1 # {} 1', ''],
    ...['a 1 st@1 2', '{"a"} 1 2 3', 'a {count:1,sum:1,quantile:[]}', 'a 0x1', 'a{b="\\"} 1'],
  ];
  for (const line of good) {
    it(`takes ${line}`, () => deepEqual(brokenLines(`# TYPE a counter\n${line}\n# EOF\n`), []));
  }
  for (const line of bad) {
    it(`refuses ${JSON.stringify(line)}`, () =>
      deepEqual(brokenLines(`# TYPE a counter\n${line}\n# EOF\n`), [line]));
  }

  it('refuses a composite value of another type', () => {
    for (const value of ['count:1,sum:1,quantile:[]', 'gcount:1,gsum:1,bucket:[+Inf:1]']) {
      deepEqual(brokenLines(`# TYPE a histogram\na {${value}}\n# EOF\n`), [`a {${value}}`]);
    }
    for (const buckets of ['', '1:1', '+Inf:1,1:1', '1:1,-Inf:0,+Inf:1']) {
      const line = `a {count:1,sum:1,bucket:[${buckets}]}`;
      deepEqual(brokenLines(`# TYPE a histogram\n${line}\n# EOF\n`), [line]);
    }
    const native =
      'a {count:59,sum:1.2e2,schema:7,zero_threshold:1e-4,zero_count:0,negative_spans:[1:2],negative_buckets:[5,7],positive_spans:[-1:2,3:4],positive_buckets:[5,7,10,9,8,8],bucket:[0.5:1,+Inf:59]} st@1';
    deepEqual(brokenLines(`# TYPE a histogram\n${native}\n# EOF\n`), []);
  });
});
