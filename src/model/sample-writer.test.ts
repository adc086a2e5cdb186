import { deepEqual, equal, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { handMadeFamily } from '../../test/hand-made-family.ts';
import { samplesOf } from './sample-writer.ts';

describe('samplesOf', () => {
  it('closes the walk, one that throws as well', () => {
    let closed = 0;
    const fail = (): never => {
      throw new Error('no value');
    };
    const family = handMadeFamily({ name: 'a', type: 'gauge' }, [fail], () => closed++);
    throws(() => samplesOf(family), { message: 'no value' });
    equal(closed, 1);
    deepEqual(samplesOf(handMadeFamily({ name: 'a', type: 'gauge' }, [], () => closed++)), []);
    equal(closed, 2);
  });

  it('puts constant labels first, then those of the series, then those of the line', () => {
    const family = handMadeFamily(
      {
        name: 'h',
        type: 'histogram',
        labelNames: ['a', 'b'],
        constantLabels: [['service', 's']],
      },
      [
        (writer) => {
          writer.label(0, '1');
          writer.label(1, '2');
          writer.histogram({
            bounds: [1],
            cells: [9, 2, 3, 9],
            index: 1,
            cumulative: false,
            sum: 7,
            created: 1,
            exemplars: undefined,
          });
        },
      ],
    );
    const labels = { service: 's', a: '1', b: '2' };
    deepEqual(samplesOf(family), [
      { name: 'h_bucket', labels: { ...labels, le: '1.0' }, value: 2 },
      { name: 'h_bucket', labels: { ...labels, le: '+Inf' }, value: 5 },
      { name: 'h_sum', labels, value: 7 },
      { name: 'h_count', labels, value: 5 },
    ]);
    deepEqual(Object.keys(samplesOf(family)[0]!.labels), ['service', 'a', 'b', 'le']);
  });

  it('keeps the labels of the metric before but for those that are given anew', () => {
    const family = handMadeFamily({ name: 'g', type: 'gauge', labelNames: ['a', 'b'] }, [
      (writer) => {
        writer.label(0, '1');
        writer.label(1, '2');
        writer.number(1);
      },
      (writer) => {
        writer.label(1, '3');
        writer.number(2);
      },
    ]);
    deepEqual(samplesOf(family), [
      { name: 'g', labels: { a: '1', b: '2' }, value: 1 },
      { name: 'g', labels: { a: '1', b: '3' }, value: 2 },
    ]);
  });

  it('gives a time to the point it was set for and to no other', () => {
    const family = handMadeFamily({ name: 's', type: 'summary' }, [
      (writer) => {
        writer.at(5);
        writer.summary({ quantiles: [], values: [], count: 1, sum: 2, created: undefined });
      },
      (writer) => {
        writer.sample('_count', ['shard', 'x'], 3, { labels: {}, value: 1 });
      },
    ]);
    deepEqual(samplesOf(family), [
      { name: 's_sum', labels: {}, value: 2, timestamp: 5 },
      { name: 's_count', labels: {}, value: 1, timestamp: 5 },
      { name: 's_count', labels: { shard: 'x' }, value: 3, exemplar: { labels: {}, value: 1 } },
    ]);
  });

  it('keeps a label that is named as a property of all objects', () => {
    const family = handMadeFamily({ name: 'g', type: 'gauge', labelNames: ['__proto__'] }, [
      (writer) => {
        writer.label(0, 'x');
        writer.number(1);
      },
    ]);
    deepEqual(Object.entries(samplesOf(family)[0]!.labels), [['__proto__', 'x']]);
  });
});
