/** Where histograms find what shows their native buckets: merging shows them by the same. */
export { NativePoint } from '../model/native-point.ts';
