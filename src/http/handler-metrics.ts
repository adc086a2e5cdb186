/**
 * What a handler says of itself: requests by code, in flight, how long they take and how large the
 * answers are. The names of the first two are those of Go's handler, which dashboards know.
 */

import { Histogram } from '../metrics/histograms/histogram.ts';
import { Counter } from '../metrics/instruments/counter.ts';
import { Gauge } from '../metrics/instruments/gauge.ts';
import type { Instrument } from '../metrics/instruments/instrument.ts';
import type { InstrumentRegistry } from '../metrics/registry/instrument-registry.ts';
import type { InstrumentType } from '../model/cells.ts';
import type { Collector } from '../model/family.ts';

const PREFIX = 'promhttp_metric_handler';

/** Codes that are shown from the beginning, as 0, so that the first failure is an increase. */
const FORESEEN = [200, 500, 503];

/** From a registry of nothing much to one of a million series. */
const DURATIONS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];
const SIZES = [1e3, 1e4, 1e5, 1e6, 1e7, 1e8];

/** The status that stands for a client that hung up before there was one, as in nginx's logs. */
export const HUNG_UP = 499;

/** A request that is being answered. */
export interface RequestRecord {
  /** Adds bytes of the body, as they are sent. */
  sent(bytes: number): void;
  /** Counts the request with the status it was answered with. Only the first call does. */
  end(status: number): void;
}

/** Begins the record of a request; of none where the handler does not count itself. */
export type BeginRecord = () => RequestRecord | undefined;

/**
 * Declares the handler's metrics in `registry`, or finds those of another handler that are there, and
 * returns what begins the record of a request. Without a registry, nothing is recorded.
 *
 * @throws {AlreadyRegisteredError} When one of the names belongs to something else.
 */
export function recordRequests(registry: InstrumentRegistry | undefined): BeginRecord {
  if (registry === undefined) return () => undefined;
  const { requests, inFlight, durations, sizes } = declare(registry);
  for (const status of FORESEEN) requests.labels(status);
  const { clock } = registry;
  return () => {
    const start = clock.elapsed();
    let bytes = 0;
    let isOpen = true;
    inFlight.inc();
    return {
      sent(more) {
        bytes += more;
      },
      end(status) {
        if (!isOpen) return;
        isOpen = false;
        inFlight.dec();
        requests.labels(status).inc();
        durations.observe(clock.elapsed() - start);
        sizes.observe(bytes);
      },
    };
  };
}

function declare(registry: InstrumentRegistry) {
  return {
    requests: found(registry, `${PREFIX}_requests_total`, 'counter', (name) => {
      const help = 'Scrapes answered, by the status of the answer.';
      return new Counter({ name, help, labelNames: ['code'], registry });
    }),
    inFlight: found(registry, `${PREFIX}_requests_in_flight`, 'gauge', (name) => {
      const help = 'Scrapes that are being answered or wait for their turn.';
      return new Gauge({ name, help, multiprocessMode: 'livesum', registry });
    }),
    durations: found(registry, `${PREFIX}_request_duration_seconds`, 'histogram', (name) => {
      const help = 'How long scrapes took, waiting for their turn and the client included.';
      return new Histogram({ name, help, buckets: DURATIONS, registry });
    }),
    sizes: found(registry, `${PREFIX}_response_size_bytes`, 'histogram', (name) => {
      const help = 'How many bytes the bodies of answers had, as they were sent.';
      return new Histogram({ name, help, buckets: SIZES, registry });
    }),
  };
}

/** The metric of this name and type that another handler has declared, or a new one. */
function found<Metric extends Collector>(
  { root, prefix, constantLabels }: InstrumentRegistry,
  name: string,
  type: InstrumentType,
  make: (name: string) => Metric,
): Metric {
  const known = root.get<Metric & Instrument>(`${prefix}${name}`, constantLabels);
  return known?.type === type ? known : make(name);
}
