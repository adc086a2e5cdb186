/**
 * The formats on offer, each with the function that writes it and the name it goes by in HTTP. In a
 * file without those functions, so that the main entry, which has them, need not make what it does
 * not show.
 */

import { type ExpositionFormat, inEachScheme, writeOpenMetrics, writeText } from './format.ts';

/** The text format, which every Prometheus and most other servers read. */
export const TEXT_0_0_4: ExpositionFormat = /* @__PURE__ */ inEachScheme(
  'text 0.0.4',
  'text/plain; version=0.0.4; charset=utf-8',
  ['underscores', false],
  writeText,
);

/** The text format with a say in how names are written: in quotes with `allow-utf-8`. */
export const TEXT_1_0_0: ExpositionFormat = /* @__PURE__ */ inEachScheme(
  'text 1.0.0',
  'text/plain; version=1.0.0; charset=utf-8',
  ['underscores', true],
  writeText,
);

/** OpenMetrics, which adds units, exemplars and start times. */
export const OPENMETRICS_1_0_0: ExpositionFormat = /* @__PURE__ */ inEachScheme(
  'OpenMetrics 1.0.0',
  'application/openmetrics-text; version=1.0.0; charset=utf-8',
  ['underscores', true],
  writeOpenMetrics,
);

/**
 * The release candidate of OpenMetrics 2.0, in which a metric is one line, with its start time and
 * any number of exemplars. Nobody gets it who does not ask for exactly this version.
 */
export const OPENMETRICS_2_0_0: ExpositionFormat = /* @__PURE__ */ inEachScheme(
  'OpenMetrics 2.0.0',
  'application/openmetrics-text; version=2.0.0; charset=utf-8',
  ['allow-utf-8', false],
  (source, options) => writeOpenMetrics(source, { ...options, version: '2.0.0' }),
);
