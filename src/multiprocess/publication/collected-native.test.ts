import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { nativeBuckets, nativeHistogram } from '../../../test/native-buckets.ts';
import { nativeUpperBound } from '../../model/native-bounds.ts';
import { NativeCounts, type NativeNumbers } from '../../model/native-counts.ts';
import { bringNative } from './collected-native.ts';

/** A tally that notes how often it began anew. */
class NotedCounts extends NativeCounts {
  clears = 0;

  override clear(): void {
    this.clears++;
    super.clear();
  }
}

const LIMITLESS = { maxBuckets: Infinity, maxZeroThreshold: 0 };

function shown({ schema, zeroThreshold, zeroCount, positive, negative }: NativeNumbers): unknown {
  const list = ({ length, indices, counts }: NativeNumbers['positive']): unknown =>
    Array.from({ length }, (_, i) => [indices[i], counts[i]]).filter(([, count]) => count !== 0);
  return [schema, zeroThreshold, zeroCount, list(positive), list(negative)];
}

/** What histograms observe: powers of two, so that buckets are few, and all that is special. */
const value = fc.oneof(
  fc.constantFrom(0, -0, 1e-300, -1e-300, Infinity, -Infinity, Number.MAX_VALUE, 5e-324),
  fc.double({ min: -100, max: 100, noNaN: true }),
);

describe('bringNative', () => {
  it('brings what another counts, and never lets it fall while that grows', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -4, max: 8 }),
        fc.constantFrom(0, 2 ** -128, 0.3, 1),
        fc.constantFrom(2, 5, Infinity),
        fc.array(fc.array(value, { maxLength: 4 }), { maxLength: 8 }),
        (schema, zeroThreshold, maxBuckets, batches) => {
          const settings = { schema, zeroThreshold, maxBuckets, maxZeroThreshold: 1e-200 };
          const counted = new NativeCounts(settings);
          const tally = new NotedCounts({ schema: 8, zeroThreshold: 0, ...LIMITLESS });
          for (const batch of batches) {
            for (const one of batch) counted.observe(one, 2);
            counted.limit();
            bringNative(tally, counted);
            // Coarser than what was counted by a rounded zero bucket at the most.
            const expected = new NativeCounts({
              schema: tally.schema,
              zeroThreshold: tally.zeroThreshold,
              ...LIMITLESS,
            });
            expected.add(counted);
            deepEqual(shown(tally), shown(expected));
            equal(tally.schema, counted.schema);
          }
          equal(tally.clears, 0);
        },
      ),
      { numRuns: 2000, seed: 20_261_122 },
    );
  });

  it('keeps buckets apart that are next to 0, where bounds are rounded', () => {
    const settings = { schema: 2, zeroThreshold: 0, ...LIMITLESS };
    const counted = new NativeCounts(settings);
    counted.observe(3e-323, 1);
    const tally = new NativeCounts(settings);
    bringNative(tally, counted);
    deepEqual(shown(tally), [2, 0, 0, [[-4285, 1]], []]);
  });

  it('counts as fine as it is where there is no room to be coarser, and never falls', () => {
    /** As native buckets in a file are whose disk is full. */
    class Fixed extends NotedCounts {
      override add({ zeroCount, positive }: NativeNumbers): void {
        this.observe(0, zeroCount);
        for (const [i, index] of positive.indices.entries()) {
          this.observe(nativeUpperBound(0, index), positive.counts[i]!);
        }
      }
    }
    const tally = new Fixed({ schema: 3, zeroThreshold: 0, ...LIMITLESS });
    for (const count of [1, 1, 4]) {
      const positive = nativeBuckets([-1, count], [2, 1]);
      bringNative(tally, nativeHistogram({ zeroThreshold: 0.25, zeroCount: count, positive }));
      const inFine = [
        [-8, count],
        [16, 1],
      ];
      deepEqual(shown(tally), [3, 0, count, inFine, []]);
    }
    equal(tally.clears, 0);
  });

  it('begins anew where counts fall, as fine as it began', () => {
    const tally = new NotedCounts({ schema: 3, zeroThreshold: 0.5, ...LIMITLESS });
    const coarse = { schema: 1, zeroThreshold: 0.5, positive: nativeBuckets([4, 3]) };
    bringNative(tally, nativeHistogram(coarse));
    const fine = { schema: 3, zeroThreshold: 0.5, zeroCount: 1, positive: nativeBuckets([9, 2]) };
    bringNative(tally, nativeHistogram(fine));
    deepEqual(shown(tally), [3, 0.5, 1, [[9, 2]], []]);
    equal(tally.clears, 1);
    bringNative(tally, nativeHistogram({ ...fine, zeroCount: 0 }));
    deepEqual(shown(tally), [3, 0.5, 0, [[9, 2]], []]);
    bringNative(tally, nativeHistogram({ ...fine, zeroCount: 0, positive: nativeBuckets() }));
    deepEqual(shown(tally), [3, 0.5, 0, [], []]);
  });
});
