/** The active span of OpenTelemetry, found without depending on any package of theirs. */

import type { ExemplarLabels } from './exemplar-options.ts';

/**
 * Where every copy of `@opentelemetry/api` 1.x puts what was set up, and the key under which a
 * context holds its span. Both are symbols of the global registry, so that copies find each other.
 */
const API: unique symbol = Symbol.for('opentelemetry.js.api.1') as never;
const SPAN: symbol = Symbol.for('OpenTelemetry Context Key SPAN');

interface SpanContext {
  readonly traceId?: unknown;
  readonly spanId?: unknown;
  readonly traceFlags?: unknown;
}

interface Span {
  spanContext?(): SpanContext | undefined;
  setAttribute?(name: string, value: string): unknown;
}

interface Api {
  readonly context?: { active?(): { getValue?(key: symbol): unknown } | undefined };
}

const SAMPLED = 1;

/**
 * A provider of exemplars: trace and span of OpenTelemetry's active span as `trace_id` and `span_id`,
 * if it is sampled. Nothing where there is no span or no OpenTelemetry.
 *
 * It needs nothing but the context manager that OpenTelemetry's SDK sets up for Node, which follows
 * `await` and callbacks; before and without one it finds nothing. The span whose trace becomes an
 * exemplar gets the attribute `exemplar="true"`, as from the client for Java, by which sampling at
 * the tail can keep it.
 *
 * @example
 * ```ts
 * import { openTelemetryExemplars, REGISTRY } from 'promethium';
 *
 * REGISTRY.exemplars = { provider: openTelemetryExemplars };
 * ```
 */
export function openTelemetryExemplars(): ExemplarLabels | undefined {
  const api = (globalThis as { readonly [API]?: Api })[API];
  const span = api?.context?.active?.()?.getValue?.(SPAN) as Span | undefined;
  const { traceId, spanId, traceFlags } = span?.spanContext?.() ?? {};
  if (typeof traceFlags !== 'number' || (traceFlags & SAMPLED) === 0) return undefined;
  if (!isId(traceId, 32) || !isId(spanId, 16)) return undefined;
  span?.setAttribute?.('exemplar', 'true');
  return { trace_id: traceId, span_id: spanId };
}

/** True of an id as the W3C writes it: hexadecimal digits, not all of them 0. */
function isId(id: unknown, length: number): id is string {
  return typeof id === 'string' && id.length === length && /^(?!0+$)[0-9a-f]+$/.test(id);
}
