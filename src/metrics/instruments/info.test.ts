import { deepEqual, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SharedStorage } from '../../../test/shared-storage.ts';
import type { MetricFamily } from '../../model/family.ts';
import { CollectorRegistry } from '../registry/registry.ts';
import { Info } from './info.ts';

const build = (): Info =>
  new Info({ name: 'build_info', help: 'What is running.', registry: null });

function samples(metric: { collect(): unknown }): unknown[] {
  return [...(metric.collect() as MetricFamily[])[0]!.samples];
}

describe('Info', () => {
  it('states nothing before it is told, then the facts told last', () => {
    const info = build();
    deepEqual(samples(info), []);
    const facts = { version: '1.2.3', major: 1 };
    info.info(facts);
    facts.version = '9.9.9';
    deepEqual(samples(info), [
      { name: 'build_info', labels: { version: '1.2.3', major: '1' }, value: 1 },
    ]);
    info.info({ commit: '' });
    deepEqual(samples(info), [{ name: 'build_info', labels: { commit: '' }, value: 1 }]);
    info.info({});
    deepEqual(samples(info), [{ name: 'build_info', labels: {}, value: 1 }]);
  });

  it('states facts beside labels', () => {
    const modules = new Info({
      name: 'module',
      help: 'Modules.',
      labelNames: ['module'],
      registry: null,
    });
    modules.labels('core').info({ version: '1' });
    modules.labels('untold');
    deepEqual(samples(modules), [
      { name: 'module_info', labels: { module: 'core', version: '1' }, value: 1 },
    ]);
    throws(() => modules.labels('core').info({ module: 'x' }), {
      name: 'RangeError',
      message: 'info "module": fact bears a label\'s name, expected another name, got "module"',
    });
  });

  it('keeps one statement in the storage', () => {
    const storage = new SharedStorage();
    const registry = new CollectorRegistry({ storage });
    const info = new Info({ name: 'build_info', help: 'B.', registry });
    info.info({ version: '1' });
    info.info({ version: '2' });
    deepEqual(storage.living, ['build{version,2}']);
  });

  const refused: readonly (readonly [unknown, string, string])[] = [
    [undefined, 'TypeError', 'info() refused, expected an object of facts, got undefined'],
    [null, 'TypeError', 'info() refused, expected an object of facts, got null'],
    ['1.2.3', 'TypeError', 'info() refused, expected an object of facts, got "1.2.3"'],
    [7, 'TypeError', 'info() refused, expected an object of facts, got 7'],
    [['1.2.3'], 'TypeError', 'info() refused, expected an object of facts, got ["1.2.3"]'],
    [{ __x: 'x' }, 'RangeError', 'reserved label name, expected another name, got "__x"'],
    [
      { version: undefined },
      'TypeError',
      'fact "version" has no usable value, expected a string or number, got undefined',
    ],
    [
      { version: true },
      'TypeError',
      'fact "version" has no usable value, expected a string or number, got true',
    ],
  ];
  for (const [facts, name, message] of refused) {
    it(`refuses with "${message}" and states what it did`, () => {
      const info = build();
      info.info({ version: '1' });
      throws(() => info.info(facts as never), { name, message: `info "build_info": ${message}` });
      deepEqual(samples(info), [{ name: 'build_info', labels: { version: '1' }, value: 1 }]);
    });
  }
});
