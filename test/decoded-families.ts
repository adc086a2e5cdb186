/** Families for the tests of protobuf, and what protobufjs reads of what we wrote of them. */

import { toProtobuf } from '../src/exposition/protobuf/protobuf.ts';
import type { Exemplar } from '../src/model/exemplar.ts';
import type { FamilyWriter, HistogramPoint, MetricFamily } from '../src/model/family.ts';
import { handMadeFamily } from './hand-made-family.ts';
import { decodeFamilies } from './oracle/protobuf.ts';

/** An exemplar with a time. */
export const exemplar: Exemplar = {
  labels: { trace_id: 'a1' },
  value: 1,
  timestamp: 1700000000.5,
};

/** A histogram without observations and bounds. */
export const empty: HistogramPoint = {
  bounds: [],
  cells: [0],
  index: 0,
  cumulative: false,
  sum: 0,
  created: undefined,
  exemplars: undefined,
};

/** A family with help `h`, which calls the writer as it is told. */
export function family(
  header: Parameters<typeof handMadeFamily>[0],
  ...metrics: ((writer: FamilyWriter) => void)[]
): MetricFamily {
  return handMadeFamily({ help: 'h', ...header }, metrics);
}

/** What protobufjs reads of the families. */
export async function decoded(...families: MetricFamily[]): Promise<unknown[]> {
  return decodeFamilies(await toProtobuf({ collect: () => families }));
}

/** What protobufjs reads of the metrics of a {@linkcode family}. */
export async function metrics(...args: Parameters<typeof family>): Promise<unknown> {
  const [first] = (await decoded(family(...args))) as { metric: unknown }[];
  return first?.metric;
}
