import { deepEqual, equal } from 'node:assert/strict';
import { after, afterEach, describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { context, type Span, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { openTelemetryExemplars } from './exemplar-opentelemetry.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';
const labels = { trace_id: traceId, span_id: spanId };

const spanOf = (over: { traceId?: string; spanId?: string; traceFlags?: number } = {}): Span =>
  trace.wrapSpanContext({ traceId, spanId, traceFlags: 1, ...over });

const within = <Result>(span: Span, run: () => Result): Result =>
  context.with(trace.setSpan(context.active(), span), run);

describe('openTelemetryExemplars', () => {
  afterEach(() => context.disable());
  after(() => context.disable());

  it('finds nothing while OpenTelemetry is not set up', () => {
    equal(openTelemetryExemplars(), undefined);
  });

  it('finds nothing outside of spans', () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    equal(openTelemetryExemplars(), undefined);
  });

  it('gives trace and span of the span that is active', () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    deepEqual(within(spanOf(), openTelemetryExemplars), labels);
    equal(openTelemetryExemplars(), undefined);
  });

  it('follows await, each request its own', async () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const request = async (own: string): Promise<unknown> =>
      await within(spanOf({ spanId: own }), async () => {
        await turn();
        return openTelemetryExemplars();
      });
    const found = await Promise.all([request('00f067aa0ba902b7'), request('00f067aa0ba902b8')]);
    deepEqual(found, [
      { trace_id: traceId, span_id: '00f067aa0ba902b7' },
      { trace_id: traceId, span_id: '00f067aa0ba902b8' },
    ]);
  });

  it('passes over spans that are not sampled, and ids that are none', () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    equal(within(spanOf({ traceFlags: 0 }), openTelemetryExemplars), undefined);
    equal(within(spanOf({ traceId: '0'.repeat(32) }), openTelemetryExemplars), undefined);
    equal(within(spanOf({ spanId: '0'.repeat(16) }), openTelemetryExemplars), undefined);
    equal(within(spanOf({ traceId: 'x' }), openTelemetryExemplars), undefined);
  });

  it('marks the span, by which sampling at the tail can keep its trace', () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const marks: unknown[] = [];
    const span = spanOf();
    span.setAttribute = (...mark) => {
      marks.push(mark);
      return span;
    };
    within(span, openTelemetryExemplars);
    deepEqual(marks, [['exemplar', 'true']]);
  });
});
