import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { handMadeFamily } from '../../test/hand-made-family.ts';
import type { Collector, FamilyWriter, MetricFamily } from '../model/family.ts';
import { toText, writeText } from './format.ts';
import { OPENMETRICS_1_0_0, OPENMETRICS_2_0_0, TEXT_0_0_4, TEXT_1_0_0 } from './formats.ts';
import { parseText } from './parse/parse.ts';
import { joinText, type Source } from './write.ts';

function gauge(name: string): MetricFamily {
  return handMadeFamily({ name, type: 'gauge' }, [(writer) => writer.number(1)]);
}

/** A family of `count` gauges, which says how far it was walked. */
function manyGauges(
  count: number,
  onClose?: () => void,
): { family: MetricFamily; walked: () => number } {
  let walked = 0;
  function* metrics(): Generator<(writer: FamilyWriter) => void> {
    for (let i = 0; i < count; i++) {
      yield (writer) => {
        walked++;
        writer.label(0, `value ${i}`);
        writer.number(i);
      };
    }
  }
  const family = handMadeFamily(
    { name: 'a', type: 'gauge', labelNames: ['b'] },
    { [Symbol.iterator]: metrics },
    onClose,
  );
  return { family, walked: () => walked };
}

async function textOf(collector: Source): Promise<string[]> {
  return (await toText(collector)).split('\n').filter((line) => /^[a-z]/.test(line));
}

describe('writing', () => {
  it('takes families at once, in a while, or one by one', async () => {
    deepEqual(await textOf({ collect: () => [gauge('a'), gauge('b')] }), ['a 1', 'b 1']);
    deepEqual(await textOf({ collect: async () => new Set([gauge('a')]) }), ['a 1']);
    deepEqual(
      await textOf({
        async *collect() {
          yield gauge('a');
          yield gauge('b');
        },
      }),
      ['a 1', 'b 1'],
    );
  });

  it('takes several collectors, one after the other', async () => {
    const collectors = ['a', 'b', 'c'].map((name) => ({ collect: () => [gauge(name)] }));
    deepEqual(await textOf(new Set(collectors)), ['a 1', 'b 1', 'c 1']);
  });

  it('takes what a parser gives, a family alone, and families among collectors', async () => {
    const text =
      '# HELP a A.\n# TYPE a gauge\na{b="c"} 1\n# HELP d_total D.\n# TYPE d_total counter\nd_total 2\n';
    equal(await toText(parseText(text)), text);
    deepEqual(await textOf(gauge('a')), ['a 1']);
    deepEqual(await textOf([gauge('a'), { collect: () => [gauge('b')] }, gauge('c')]), [
      'a 1',
      'b 1',
      'c 1',
    ]);
  });

  it('yields chunks of whole lines, about 64 KiB each, that hold everything together', async () => {
    const { family } = manyGauges(20_000);
    const sizes: number[] = [];
    let text = '';
    for await (const chunk of writeText({ collect: () => [family] })) {
      sizes.push(chunk.length);
      equal(chunk.at(-1), 10);
      text += new TextDecoder().decode(chunk);
    }
    const last = sizes.pop();
    ok(sizes.length > 5);
    ok(sizes.every((size) => size > 50_000 && size <= 65_536));
    ok(last! > 0);
    equal(
      text,
      `# HELP a Help.\n# TYPE a gauge\n${Array.from({ length: 20_000 }, (_, i) => `a{b="value ${i}"} ${i}\n`).join('')}`,
    );
  });

  it('lends its chunks until the next one is asked for, from one buffer', async () => {
    const { family } = manyGauges(20_000);
    const chunks = writeText({ collect: () => [family] });
    const first = (await chunks.next()).value!;
    const copy = first.slice();
    const second = (await chunks.next()).value!;
    equal(second.buffer, first.buffer);
    ok(copy.some((byte, i) => byte !== first[i]));
    await chunks.return();
  });

  it('walks no further than the chunk that was asked for', async () => {
    const { family, walked } = manyGauges(20_000);
    const chunks = writeText({ collect: () => [family] });
    equal(walked(), 0);
    await chunks.next();
    const first = walked();
    ok(first > 1000 && first < 5000);
    await chunks.next();
    ok(walked() < 2 * first + 100);
    await chunks.return();
  });

  it('pauses after each chunk', async () => {
    const { family } = manyGauges(20_000);
    const events: string[] = [];
    const pause = async (): Promise<void> => {
      events.push('pause');
    };
    for await (const _ of writeText({ collect: () => [family] }, { pause })) events.push('chunk');
    ok(events.length > 9);
    ok(events.every((event, i) => event === (i % 2 === 0 ? 'chunk' : 'pause')));
    equal(events.at(-1), 'chunk');
  });

  it('closes a walk once, whether it is completed, left or fails', async () => {
    let closed = 0;
    const onClose = (): number => closed++;
    await toText({ collect: () => [manyGauges(3, onClose).family] });
    equal(closed, 1);

    for await (const _ of writeText({ collect: () => [manyGauges(20_000, onClose).family] })) break;
    equal(closed, 2);

    const failing = handMadeFamily(
      { name: 'a', type: 'gauge' },
      [
        () => {
          throw new Error('no value');
        },
      ],
      onClose,
    );
    await toText({ collect: () => [failing] });
    equal(closed, 3);
  });

  it('ends the iteration of a collector that is left', async () => {
    let ended = false;
    const collector: Collector = {
      async *collect() {
        try {
          yield manyGauges(20_000).family;
          yield gauge('z');
        } finally {
          ended = true;
        }
      },
    };
    for await (const _ of writeText(collector)) break;
    ok(ended);
  });

  it('fails as its collector fails', async () => {
    await rejects(toText({ collect: () => Promise.reject(new Error('gone')) }), {
      message: 'gone',
    });
  });

  it('hands on a point that is longer than a chunk whole', async () => {
    const bounds = Array.from({ length: 5000 }, (_, i) => i);
    const family = handMadeFamily({ name: 'h', type: 'histogram' }, [
      (writer) =>
        writer.histogram({
          bounds,
          cells: new Float64Array(5001),
          index: 0,
          cumulative: false,
          sum: 0,
          created: undefined,
          exemplars: undefined,
        }),
    ]);
    const lines = await textOf({ collect: () => [family] });
    equal(lines.length, 5003);
    equal(lines.at(-3), 'h_bucket{le="+Inf"} 0');
  });

  it('is offered under the names that HTTP has for it', async () => {
    const formats = [TEXT_0_0_4, TEXT_1_0_0, OPENMETRICS_1_0_0, OPENMETRICS_2_0_0];
    deepEqual(
      formats.map(({ name, contentType, escaping }) => [name, contentType, escaping]),
      [
        ['text 0.0.4', 'text/plain; version=0.0.4; charset=utf-8', 'underscores'],
        [
          'text 1.0.0',
          'text/plain; version=1.0.0; charset=utf-8; escaping=underscores',
          'underscores',
        ],
        [
          'OpenMetrics 1.0.0',
          'application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores',
          'underscores',
        ],
        [
          'OpenMetrics 2.0.0',
          'application/openmetrics-text; version=2.0.0; charset=utf-8',
          'allow-utf-8',
        ],
      ],
    );
    const last: string[] = [];
    for (const format of formats) {
      for await (const chunk of format.write({ collect: () => [gauge('a')] })) {
        last.push(new TextDecoder().decode(chunk));
      }
    }
    deepEqual(last, [
      '# HELP a Help.\n# TYPE a gauge\na 1\n',
      '# HELP a Help.\n# TYPE a gauge\na 1\n',
      '# TYPE a gauge\n# HELP a Help.\na 1\n# EOF\n',
      '# TYPE a gauge\n# HELP a Help.\na 1\n# EOF\n',
    ]);
  });

  it('is offered with names in each scheme', async () => {
    const contentTypes: string[] = [];
    const samples = new Map<string, Set<string>>();
    for (const format of [TEXT_0_0_4, TEXT_1_0_0, OPENMETRICS_1_0_0, OPENMETRICS_2_0_0]) {
      for (const scheme of ['underscores', 'dots', 'values', 'allow-utf-8'] as const) {
        const escaped = format.withEscaping(scheme);
        equal(escaped, format.withEscaping(scheme));
        equal(escaped.withEscaping(format.escaping), format);
        equal(escaped.name, format.name);
        const text = await joinText(escaped.write({ collect: () => [gauge('a.b')] }));
        contentTypes.push(escaped.contentType);
        const lines = text.split('\n').filter((line) => line.endsWith(' 1'));
        samples.set(scheme, new Set([...(samples.get(scheme) ?? []), ...lines]));
      }
    }
    deepEqual(
      [...samples],
      [
        ['underscores', new Set(['a_b 1'])],
        ['dots', new Set(['a_dot_b 1'])],
        ['values', new Set(['U__a_2e_b 1'])],
        ['allow-utf-8', new Set(['{"a.b"} 1'])],
      ],
    );
    deepEqual(contentTypes, [
      'text/plain; version=0.0.4; charset=utf-8',
      'text/plain; version=0.0.4; charset=utf-8; escaping=dots',
      'text/plain; version=0.0.4; charset=utf-8; escaping=values',
      'text/plain; version=0.0.4; charset=utf-8; escaping=allow-utf-8',
      'text/plain; version=1.0.0; charset=utf-8; escaping=underscores',
      'text/plain; version=1.0.0; charset=utf-8; escaping=dots',
      'text/plain; version=1.0.0; charset=utf-8; escaping=values',
      'text/plain; version=1.0.0; charset=utf-8; escaping=allow-utf-8',
      'application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores',
      'application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=dots',
      'application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=values',
      'application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=allow-utf-8',
      'application/openmetrics-text; version=2.0.0; charset=utf-8; escaping=underscores',
      'application/openmetrics-text; version=2.0.0; charset=utf-8; escaping=dots',
      'application/openmetrics-text; version=2.0.0; charset=utf-8; escaping=values',
      'application/openmetrics-text; version=2.0.0; charset=utf-8',
    ]);
  });
});
