/**
 * Names for servers that do not take every name: any text names a metric or label, but letters,
 * digits and `_` alone are understood by all.
 */

import { isLegacyLabelName, isLegacyMetricName } from '../model/name.ts';

/**
 * How names that not every server understands are written.
 *
 * - `underscores`: each character that is not allowed becomes `_`. What `http.status` and
 *   `http-status` become is the same.
 * - `dots`: `.` becomes `_dot_` and `_` becomes `__`, so that names with dots come back whole.
 * - `values`: each character becomes its code point between `_`, behind a `U__` that says so. Every
 *   name comes back whole.
 * - `allow-utf-8`: the name stays what it is, in quotes.
 *
 * @see {@link https://prometheus.io/docs/instrumenting/escaping_schemes/ | Escaping schemes}
 */
export type EscapingScheme = 'underscores' | 'dots' | 'values' | 'allow-utf-8';

/** The schemes by the names under which clients ask for them. */
export const ESCAPING_SCHEMES: readonly EscapingScheme[] = [
  'underscores',
  'dots',
  'values',
  'allow-utf-8',
];

const VALUES_PREFIX = 'U__';
const LAST_CODE_POINT = 0x10ffff;

/** Characters that a name may begin with, and have further on: of a metric, and of a label. */
const METRIC_CHARACTERS = { first: /^[a-zA-Z_:]$/, further: /^[a-zA-Z0-9_:]$/ };
const LABEL_CHARACTERS = { first: /^[a-zA-Z_]$/, further: /^[a-zA-Z0-9_]$/ };

/**
 * Returns a metric's name in a scheme; with `allow-utf-8` as it is, without the quotes.
 *
 * `dots` changes every name with a `_`. Writers escape a name only where it needs to be, so that
 * `a_b` is `a_b` to every server, as Prometheus' own libraries do.
 */
export function escapeName(name: string, scheme: EscapingScheme): string {
  if (scheme !== 'dots' && isLegacyMetricName(name)) return name;
  return escapeWith(name, scheme, METRIC_CHARACTERS);
}

/** Returns a label's name in a scheme. It differs from {@linkcode escapeName} in the colon, which labels must not have. */
export function escapeLabelName(name: string, scheme: EscapingScheme): string {
  if (scheme !== 'dots' && isLegacyLabelName(name)) return name;
  return escapeWith(name, scheme, LABEL_CHARACTERS);
}

/**
 * Returns the name that {@linkcode escapeName} made this of, as far as the scheme keeps it: with
 * `dots` all but characters that are neither allowed nor a dot, with `values` everything.
 *
 * What no escaping can have made is returned as it is. Code points are read in capitals too, which
 * the scheme's documentation writes.
 */
export function unescapeName(name: string, scheme: EscapingScheme): string {
  // From left to right: `__` is one character, whatever follows it.
  if (scheme === 'dots') {
    return name.replaceAll(/__|_dot_/g, (part) => (part === '__' ? '_' : '.'));
  }
  return scheme === 'values' ? unescapeValues(name) : name;
}

function escapeWith(
  name: string,
  scheme: EscapingScheme,
  { first, further }: typeof METRIC_CHARACTERS,
): string {
  if (scheme === 'allow-utf-8' || name === '') return name;
  let escaped = scheme === 'values' ? VALUES_PREFIX : '';
  let allowed = first;
  for (const character of name) {
    if (character === '_' && scheme !== 'underscores') escaped += '__';
    else escaped += allowed.test(character) ? character : escapeCharacter(character, scheme);
    allowed = further;
  }
  return escaped;
}

function escapeCharacter(character: string, scheme: EscapingScheme): string {
  if (scheme === 'underscores') return '_';
  if (scheme === 'dots') return character === '.' ? '_dot_' : '__';
  const codePoint = character.codePointAt(0)!;
  return isSurrogate(codePoint) ? '_FFFD_' : `_${codePoint.toString(16)}_`;
}

/** Half a surrogate pair is none of the characters that UTF-8 can hold. */
function isSurrogate(codePoint: number): boolean {
  return codePoint >= 0xd800 && codePoint < 0xe000;
}

function unescapeValues(name: string): string {
  if (!name.startsWith(VALUES_PREFIX)) return name;
  let whole = true;
  const unescaped = name
    .slice(VALUES_PREFIX.length)
    .replaceAll(/__|_([0-9a-fA-F]{1,6})_|[^a-zA-Z0-9:]/gu, (part, digits?: string) => {
      if (part === '__') return '_';
      const codePoint = digits === undefined ? Number.NaN : Number.parseInt(digits, 16);
      if (codePoint <= LAST_CODE_POINT && !isSurrogate(codePoint)) {
        return String.fromCodePoint(codePoint);
      }
      whole = false;
      return '';
    });
  return whole ? unescaped : name;
}
