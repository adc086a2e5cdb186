/**
 * Bounds the time of each property, before the tests of a file are loaded: a property that fails
 * looks for a smaller example, which takes minutes for long lists of numbers and looks like an
 * endless loop in what is tested.
 */

import fc from 'fast-check';

const LIMIT_MS = 60_000;

fc.configureGlobal({ interruptAfterTimeLimit: LIMIT_MS, markInterruptAsFailure: true });
