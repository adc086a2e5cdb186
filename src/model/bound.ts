/**
 * Bucket bounds and quantiles as text. They are label values, so their text is part of a series'
 * identity: every format writes the same one, or a series would change with the negotiated format.
 */

/**
 * Writes a bound as Go's `%g` does in its shortest form, with `.0` where neither point nor exponent
 * would tell it from an integer: `0.005`, `1.0`, `1e+06`, `+Inf`.
 *
 * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec/#considerations-canonical-numbers | OpenMetrics 1.0, Canonical Numbers}
 */
export function formatBound(bound: number): string {
  if (bound === Infinity) return '+Inf';
  if (bound === -Infinity) return '-Inf';
  if (Number.isNaN(bound)) return 'NaN';
  if (bound === 0) return Object.is(bound, -0) ? '-0.0' : '0.0';
  const size = Math.abs(bound);
  if (size < 1e-4 || size >= 1e6) return withExponent(bound);
  const text = String(bound);
  return text.includes('.') ? text : `${text}.0`;
}

function withExponent(bound: number): string {
  const [mantissa, power] = bound.toExponential().split('e') as [string, string];
  const exponent = Number(power);
  const sign = exponent < 0 ? '-' : '+';
  return `${mantissa}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
}
