/** Lines above a family's samples that stand below them, or twice: the last word counts. */

import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { recordFamily } from '../../../test/recorded-family.ts';
import { toText } from '../format.ts';
import { parseText } from './parse.ts';

/** What a document says, whatever the order in which it names its families. */
function said(document: string): unknown {
  return parseText(document)
    .map(recordFamily)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The document written again. */
function again(document: string): Promise<string> {
  return toText({ collect: () => parseText(document) });
}

describe('parseText, where types and help stand late or twice', () => {
  it('takes the last of each, as Prometheus does', async () => {
    const document = `a_total{x="1"} 1
a_total{x="2"} 2
# TYPE a_total counter
# HELP a_total first
# HELP a_total second
# TYPE b gauge
# TYPE b counter
# TYPE b gauge
b 1
# TYPE b gauge
b{x="1"} 2 3
`;
    equal(
      await again(document),
      `# HELP a_total second
# TYPE a_total counter
a_total{x="1"} 1
a_total{x="2"} 2
# HELP b 
# TYPE b gauge
b 1
b{x="1"} 2 3
`,
    );
  });

  it('gathers the lines of a histogram that was none when they were read', () => {
    const [other, h, ...others] = parseText(`h_bucket{a="1",le="1.0"} 1 5
other 1
h_bucket{le="+Inf",a="1"} 2 5
h_sum{a="1"} 3 5
# TYPE h histogram
h_count{a="1"} 2 5
`);
    deepEqual(recordFamily(h!), {
      name: 'h',
      type: 'histogram',
      help: '',
      unit: '',
      points: [
        { labels: { a: '1' }, time: '0.005', point: ['histogram', [1], [1, 2], 3, null, null] },
      ],
    });
    equal(other!.name, 'other');
    deepEqual(others, []);
  });

  it('leaves the lines of a histogram that turns out to be none as they were', async () => {
    const document = `# TYPE h histogram
h_bucket{le="1.0"} 1
h_bucket{le="+Inf"} 2
h_count 2
h{le="x"} 1
# TYPE h gauge
`;
    equal(
      await again(document),
      `# HELP h 
# TYPE h gauge
h{le="x"} 1
# HELP h_bucket 
# TYPE h_bucket untyped
h_bucket{le="1.0"} 1
h_bucket{le="+Inf"} 2
# HELP h_count 
# TYPE h_count untyped
h_count 2
`,
    );
  });

  it('leaves a family alone that has a word of its own', async () => {
    const document = `# HELP s_sum Of all.
# TYPE s_sum gauge
s_sum 1
# HELP s_bucket 
# TYPE s_bucket untyped
s_bucket 1
# HELP s 
# TYPE s summary
s_count 1
`;
    equal(
      await again(document.replace('# HELP s_bucket \n# TYPE s_bucket untyped\n', '')),
      document,
    );
  });

  it('reads the same wherever the types stand', () => {
    const types = [
      '# TYPE h histogram',
      '# TYPE s summary',
      '# TYPE g gauge',
      '# TYPE c_total counter',
    ];
    const samples = [
      'h_bucket{le="1",a="1"} 1',
      'h_bucket{a="1",le="+Inf"} 2',
      'h_count{a="1"} 2',
      's{quantile="0.5"} 1',
      's_sum 1',
      's_count 1',
      'g{a="1"} 1',
      'g{a="2"} 2',
      'c_total 1',
    ];
    const expected = said([...types, ...samples].join('\n'));
    fc.assert(
      fc.property(fc.array(fc.nat(samples.length), { minLength: 4, maxLength: 4 }), (places) => {
        const lines: string[] = [];
        for (const [i, line] of [...samples, ''].entries()) {
          for (const [j, place] of places.entries()) if (place === i) lines.push(types[j]!);
          lines.push(line);
        }
        deepEqual(said(lines.join('\n')), expected);
      }),
    );
  });
});
