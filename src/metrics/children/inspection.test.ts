import { equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { Histogram } from '../histograms/histogram.ts';
import { Counter } from '../instruments/counter.ts';
import { Enum } from '../instruments/enum.ts';
import { Gauge } from '../instruments/gauge.ts';
import { Info } from '../instruments/info.ts';
import { Summary } from '../instruments/summary.ts';

const options = { name: 'x', help: 'X.', registry: null };

describe('a metric that is printed', () => {
  it('shows its type, its name and what it has counted', () => {
    const counter = new Counter({ ...options, name: 'requests_total' });
    counter.inc(3);
    const summary = new Summary(options);
    summary.observe(2.5);
    const info = new Info(options);
    for (const [metric, printed] of [
      [counter, 'Counter "requests_total" { value: 3 }'],
      [new Gauge(options), 'Gauge "x" { value: 0 }'],
      [new Histogram(options), 'Histogram "x" { count: 0, sum: 0 }'],
      [summary, 'Summary "x" { count: 1, sum: 2.5 }'],
      [new Enum({ ...options, states: ['on', 'off'] }), 'Enum "x" { value: \'on\' }'],
      [info, 'Info "x" {}'],
    ] as const) {
      equal(inspect(metric), printed);
    }
    info.info({ version: '1.2.3' });
    equal(inspect({ info }), '{ info: Info "x" { version: \'1.2.3\' } }');
  });

  it('asks no callback', () => {
    let asked = 0;
    const gauge = new Gauge({ ...options, callback: async () => ++asked });
    equal(inspect(gauge), 'Gauge "x" { value: 0 }');
    equal(asked, 0);
  });

  it('shows its children by their labels', () => {
    const requests = new Counter({ ...options, labelNames: ['method', 'path'] });
    equal(inspect(requests), 'Counter "x" {}');
    requests.labels('GET', '/a"b').inc();
    requests.labels('PUT', '/').inc(2);
    equal(
      inspect(requests),
      `Counter "x" {
  'method="GET",path="/a\\\\"b"': { value: 1 },
  'method="PUT",path="/"': { value: 2 }
}`,
    );
    equal(inspect(requests.labels('PUT', '/')), 'Counter "x" { value: 2 }');
  });

  it('shows nothing of what only looks like one', () => {
    const counter = new Counter(options);
    for (const other of [
      Object.getPrototypeOf(counter),
      Object.create(counter),
      new Proxy(counter, {}),
    ]) {
      equal(inspect({ other }), '{ other: {} }');
    }
  });

  it('counts the children behind the hundredth', () => {
    const requests = new Counter({ ...options, labelNames: ['i'] });
    for (let i = 0; i < 100; i++) requests.labels(i);
    equal(/'i="99"': \{ value: 0 \}\n\}$/.test(inspect(requests)), true);
    for (let i = 100; i < 103; i++) requests.labels(i);
    equal(/'i="99"': \{ value: 0 \},\n {2}'…': 3\n\}$/.test(inspect(requests)), true);
  });
});
