/** Families for tests that need what no instrument and no family class makes. */

import type { FamilyHeader, FamilyWriter, MetricFamily } from '../src/model/family.ts';
import { samplesOf } from '../src/model/sample-writer.ts';

/** A family whose metrics are calls to the writer, one function each. */
export function handMadeFamily(
  header: Pick<FamilyHeader, 'name' | 'type'> & Partial<FamilyHeader>,
  metrics: Iterable<(writer: FamilyWriter) => void> = [],
  onClose: () => void = () => {},
): MetricFamily {
  const family: MetricFamily = {
    help: 'Help.',
    unit: '',
    labelNames: [],
    constantLabels: [],
    ...header,
    walk(writer) {
      const rest = metrics[Symbol.iterator]();
      let begun = false;
      return {
        advance() {
          if (!begun) writer.begin(family);
          begun = true;
          while (!writer.full) {
            const { done, value: write } = rest.next();
            if (done) return true;
            write(writer);
          }
          return false;
        },
        close: onClose,
      };
    },
    get samples() {
      return samplesOf(family);
    },
  };
  return family;
}
