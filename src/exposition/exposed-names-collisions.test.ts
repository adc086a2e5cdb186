import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { handMadeFamily } from '../../test/hand-made-family.ts';
import type { FamilyHeader, FamilyWriter, HistogramPoint, MetricFamily } from '../model/family.ts';
import { claimedNames } from '../model/name.ts';
import { ESCAPING_SCHEMES, type EscapingScheme } from './escaping.ts';
import { toOpenMetrics, toText } from './format.ts';

type Header = Pick<FamilyHeader, 'name' | 'type'> & Partial<FamilyHeader>;

const POINT: HistogramPoint = {
  bounds: [1],
  cells: [1, 2],
  index: 0,
  cumulative: false,
  sum: 5,
  created: undefined,
  exemplars: undefined,
};

function one(header: Header, write: (writer: FamilyWriter) => void = (writer) => writer.number(1)) {
  return handMadeFamily(header, [write]);
}

function text(escaping: EscapingScheme, ...families: MetricFamily[]): Promise<string> {
  return toText({ collect: () => families }, { escaping });
}

describe('names that become one name', () => {
  const gauge = (name: string): MetricFamily => one({ name, type: 'gauge' });
  const report = (...rows: readonly (readonly [string, string, number])[]): string =>
    `# HELP promethium_exposition_omissions What this exposition does not show: families by name, label, walk or shape, points by format.
# TYPE promethium_exposition_omissions gauge
${rows.map(([family, reason, count]) => `promethium_exposition_omissions{family="${family}",reason="${reason}"} ${count}\n`).join('')}`;

  it('are shown once: the first family, and a count of those left out', async () => {
    equal(
      await text('underscores', gauge('a.b'), gauge('a_b'), gauge('c'), gauge('a-b')),
      `# HELP a_b Help.
# TYPE a_b gauge
a_b 1
# HELP c Help.
# TYPE c gauge
c 1
${report(['a_b', 'name', 1], ['a-b', 'name', 1])}`,
    );
    equal(
      await text('underscores', gauge('a_b'), gauge('a.b')),
      `# HELP a_b Help.\n# TYPE a_b gauge\na_b 1\n${report(['a.b', 'name', 1])}`,
    );
  });

  it('are told apart in schemes that keep them', async () => {
    for (const scheme of ['values', 'allow-utf-8', 'dots'] as const) {
      equal((await text(scheme, gauge('a.b'), gauge('a_b'))).includes('omissions'), false);
    }
  });

  it('collide in the names of lines as well', async () => {
    const histogram = one({ name: 'a.b', type: 'histogram' }, (writer) => writer.histogram(POINT));
    equal(
      (await text('underscores', gauge('a_b_sum'), histogram)).endsWith(report(['a.b', 'name', 1])),
      true,
    );
    equal(
      (await text('underscores', histogram, gauge('a_b_count'))).endsWith(
        report(['a_b_count', 'name', 1]),
      ),
      true,
    );
  });

  it('cost a family whose labels they are, which could tell its metrics apart no more', async () => {
    const labelled = (header: Partial<FamilyHeader>): MetricFamily =>
      one({ name: 'a', type: 'gauge', ...header });
    for (const header of [
      { labelNames: ['x.y', 'x_y'] },
      { labelNames: ['x.y'], constantLabels: [['x-y', 'z']] },
      { labelNames: ['..name..'] },
      { labelNames: ['__name__', 'x.y'] },
      { name: 'b.a', type: 'stateset', labelNames: ['b_a'] },
    ] as const) {
      const name = 'name' in header ? header.name : 'a';
      equal(await text('underscores', labelled(header)), report([name, 'label', 1]));
    }
    equal(
      (await text('allow-utf-8', labelled({ labelNames: ['x.y', 'x_y'] }))).includes('omissions'),
      false,
    );
  });

  it('cost a statement whose facts they are, or an exemplar, and nothing else', async () => {
    const info = handMadeFamily({ name: 'i', type: 'info', labelNames: ['l.m'] }, [
      (writer) => {
        writer.label(0, 'x');
        writer.info([['a.b', '1']]);
      },
      (writer) => {
        writer.label(0, 'y');
        writer.info([
          ['a.b', '1'],
          ['a_b', '1'],
        ]);
      },
      (writer) => {
        writer.label(0, 'z');
        writer.info([['l_m', '1']]);
      },
    ]);
    equal(
      await text('underscores', info),
      `# HELP i_info Help.\n# TYPE i_info gauge\ni_info{l_m="x",a_b="1"} 1\n${report(['i', 'label', 2])}`,
    );
    const counter = one({ name: 'c', type: 'counter' }, (writer) =>
      writer.number(1, undefined, { labels: { 'a.b': '1', a_b: '2' }, value: 1 }),
    );
    equal(
      await toOpenMetrics({ collect: () => [counter] }),
      '# TYPE c counter\n# HELP c Help.\nc_total 1\n# EOF\n',
    );
  });

  it('are never shown twice, whatever families there are', async () => {
    const name = fc.string({ unit: fc.constantFrom(...'a._-:'), minLength: 1, maxLength: 4 });
    const type = fc.constantFrom('counter', 'gauge', 'info', 'unknown');
    const family = fc.record({ name, type });
    await fc.assert(
      fc.asyncProperty(
        fc.array(family, { maxLength: 12 }),
        fc.constantFrom(...ESCAPING_SCHEMES),
        async (headers, scheme) => {
          // A registry lets none of these claim what another has.
          const taken = new Set<string>();
          const apart = headers.filter((header) => {
            const names = claimedNames(header);
            if (names.some((claimed) => taken.has(claimed))) return false;
            for (const claimed of names) taken.add(claimed);
            return true;
          });
          const lines = (await text(scheme, ...apart.map((header) => one(header)))).split('\n');
          const types = lines.filter((line) => line.startsWith('# TYPE '));
          deepEqual(types, [...new Set(types)]);
          const series = lines.filter((line) => line !== '' && !line.startsWith('#'));
          deepEqual(series, [...new Set(series)]);
          equal(series.length, apart.length);
        },
      ),
    );
  });
});
