import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { contribution, type Declared } from '../../test/contributions.ts';
import type { FamilyWriter, HistogramPoint, MetricFamily, SummaryPoint } from '../model/family.ts';
import { Merger } from './merger.ts';

/** Notes what it is told, and is full whenever it has room for no more points. */
class Notes implements FamilyWriter {
  readonly notes: string[] = [];
  readonly points = new Set<unknown>();
  room = Infinity;

  get full(): boolean {
    return this.room <= 0;
  }

  begin({ name, labelNames }: MetricFamily): void {
    this.notes.push(`begin ${name}(${labelNames.join(',')})`);
  }

  label(depth: number, value: string): void {
    this.notes.push(`label ${depth} ${value}`);
  }

  number(value: number, created?: number): void {
    this.#point(`number ${value} ${created}`);
  }

  histogram(point: HistogramPoint): void {
    const { bounds, cells, index, cumulative, sum, created, exemplars } = point;
    const counts = Array.from({ length: bounds.length + 1 }, (_, i) => cells[index + i]);
    this.points.add(point);
    this.#point(`histogram ${bounds} ${counts} ${cumulative} ${sum} ${created} ${exemplars}`);
  }

  summary(point: SummaryPoint): void {
    const { quantiles, values, count, sum, created } = point;
    this.points.add(point);
    this.#point(`summary ${quantiles.length} ${values.length} ${count} ${sum} ${created}`);
  }

  stateSet(states: readonly string[], on: (state: number) => boolean): void {
    this.#point(`stateSet ${states.map((state, i) => `${state}=${on(i)}`)}`);
  }

  info(): void {}
  at(): void {}
  sample(): void {}

  #point(note: string): void {
    this.notes.push(note);
    this.room--;
  }
}

/** The family that two processes make, each having declared the same. */
function family(one: Declared, other: Declared = one): MetricFamily {
  const all = [contribution({ id: 'a' }, one), contribution({ id: 'b' }, other)];
  return new Merger().merge(all).families[0]!;
}

function notes(from: MetricFamily): string[] {
  const writer = new Notes();
  equal(from.walk(writer).advance(), true);
  return writer.notes;
}

const COUNTER: Declared = {
  name: 'c',
  type: 'counter',
  labelNames: ['a', 'b', 'c'],
  series: [
    [['1', '2', '3'], [1]],
    [['1', '2', '4'], [2]],
    [['1', '3', '4'], [3]],
    [['2', '3', '4'], [4]],
  ],
};

describe('a walk through a merged family', () => {
  it('gives the labels that differ from the series before', () => {
    deepEqual(notes(family(COUNTER)), [
      'begin c(a,b,c)',
      'label 0 1',
      'label 1 2',
      'label 2 3',
      'number 2 undefined',
      'label 2 4',
      'number 4 undefined',
      'label 1 3',
      'label 2 4',
      'number 6 undefined',
      'label 0 2',
      'label 1 3',
      'label 2 4',
      'number 8 undefined',
    ]);
  });

  it('pauses before the next series while the writer is full, and then goes on', () => {
    const merged = family(COUNTER);
    const writer = new Notes();
    writer.room = 0;
    const walk = merged.walk(writer);
    equal(walk.advance(), false);
    deepEqual(writer.notes, ['begin c(a,b,c)']);
    for (let series = 0; series < 3; series++) {
      writer.room = 1;
      equal(walk.advance(), false);
    }
    writer.room = 1;
    equal(walk.advance(), true);
    deepEqual(writer.notes, notes(merged));
    equal(walk.advance(), true);
    deepEqual(writer.notes, notes(merged));
  });

  it('writes nothing more after it was closed', () => {
    const writer = new Notes();
    const walk = family(COUNTER).walk(writer);
    writer.room = 0;
    walk.advance();
    walk.close();
    writer.room = 1;
    equal(walk.advance(), true);
    deepEqual(writer.notes, ['begin c(a,b,c)']);
  });

  it('gives the earliest start time that any process knows', () => {
    const of = (start: number): Declared => ({
      name: 'c',
      type: 'counter',
      series: [[[], [1, start]]],
    });
    deepEqual(notes(family(of(50), of(40))), ['begin c()', 'number 2 40']);
    deepEqual(notes(family(of(0), of(50))), ['begin c()', 'number 2 50']);
    deepEqual(notes(family(of(50), of(0))), ['begin c()', 'number 2 50']);
    deepEqual(notes(family(of(0), of(0))), ['begin c()', 'number 2 undefined']);
  });

  it('gives no start time for a gauge', () => {
    const gauge: Declared = { name: 'g', type: 'gauge', mode: 'max', series: [[[], [3, 99]]] };
    deepEqual(notes(family(gauge)), ['begin g()', 'number 3 undefined']);
  });

  it('shows all histograms through one point, with each bucket alone', () => {
    const writer = new Notes();
    const merged = family({
      name: 'h',
      type: 'histogram',
      bounds: [1, 5],
      labelNames: ['a'],
      series: [
        [['x'], [1, 2, 3, 0.5, 77]],
        [['y'], [4, 5, 6, 1.5, 0]],
      ],
    });
    merged.walk(writer).advance();
    deepEqual(writer.notes, [
      'begin h(a)',
      'label 0 x',
      'histogram 1,5 2,4,6 false 1 77 undefined',
      'label 0 y',
      'histogram 1,5 8,10,12 false 3 undefined undefined',
    ]);
    equal(writer.points.size, 1);
  });

  it('shows all summaries through one point', () => {
    const writer = new Notes();
    const merged = family({
      name: 's',
      type: 'summary',
      labelNames: ['a'],
      series: [
        [['x'], [1, 2.5, 77]],
        [['y'], [3, 4, 0]],
      ],
    });
    merged.walk(writer).advance();
    deepEqual(writer.notes, [
      'begin s(a)',
      'label 0 x',
      'summary 0 0 2 5 77',
      'label 0 y',
      'summary 0 0 6 8 undefined',
    ]);
    equal(writer.points.size, 1);
  });

  it('shows each state of an enum', () => {
    const states = ['on', 'off'];
    const merged = family({
      name: 'e',
      type: 'stateset',
      mode: 'mostrecent',
      states,
      labelNames: ['a'],
      series: [
        [['x'], [1, 0, 5]],
        [['y'], [0, 1, 5]],
      ],
    });
    deepEqual(notes(merged), [
      'begin e(a)',
      'label 0 x',
      'stateSet on=true,off=false',
      'label 0 y',
      'stateSet on=false,off=true',
    ]);
  });

  it('can be begun again, and beside another', () => {
    const merged = family(COUNTER);
    const [one, other] = [new Notes(), new Notes()];
    one.room = 2;
    const walk = merged.walk(one);
    walk.advance();
    merged.walk(other).advance();
    one.room = Infinity;
    walk.advance();
    deepEqual(one.notes, other.notes);
  });
});
