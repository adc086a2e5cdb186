/** Which format, and which coding of it, a client gets that sent this header. */

import { ESCAPING_SCHEMES, type EscapingScheme } from './escaping.ts';
import type { ExpositionFormat } from './format.ts';
import { OPENMETRICS_1_0_0, OPENMETRICS_2_0_0, TEXT_0_0_4, TEXT_1_0_0 } from './formats.ts';
import { type Clause, parseClauses } from './header-clauses.ts';
import { PROTOBUF } from './protobuf/protobuf.ts';

interface Offer {
  readonly format: ExpositionFormat;
  readonly type: string;
  readonly subtype: string;
  /** Versions that this format answers. */
  readonly versions: readonly string[];
  /** True where it answers nobody but who names one of the versions. */
  readonly exact: boolean;
}

/** How precisely a clause names an offer. */
const SPECIFICITY = { anything: 0, type: 1, subtype: 2, version: 3 } as const;

/** What a clause has to say for protobuf, of which there are other messages and encodings. */
const PROTOBUF_TYPE = 'application/vnd.google.protobuf';
const PROTOBUF_PROTO = 'io.prometheus.client.MetricFamily';
const PROTOBUF_ENCODING = 'delimited';

interface Match {
  readonly format: ExpositionFormat;
  readonly clause: Clause;
  readonly specificity: number;
  readonly place: number;
}

/** What is on offer. Of two that a client likes equally well and names in one clause, the first. */
const OFFERS: readonly Offer[] = [
  { format: TEXT_0_0_4, type: 'text', subtype: 'plain', versions: ['0.0.4'], exact: false },
  { format: TEXT_1_0_0, type: 'text', subtype: 'plain', versions: ['1.0.0'], exact: true },
  {
    format: OPENMETRICS_1_0_0,
    type: 'application',
    subtype: 'openmetrics-text',
    // Prometheus 2.5 to 2.33 ask for 0.0.1 alone, and read what is 1.0.0.
    versions: ['1.0.0', '0.0.1'],
    exact: false,
  },
  {
    format: OPENMETRICS_2_0_0,
    type: 'application',
    subtype: 'openmetrics-text',
    versions: ['2.0.0'],
    exact: true,
  },
];

/**
 * Chooses the format for a request's header `Accept`.
 *
 * The clause that names a format most precisely gives its weight; the heaviest format wins, then the
 * one named more precisely, then the one named first. A clause for anything at all never wins over
 * one that names a format. Text is the answer where the header is missing or asks for anything, and
 * also where it asks for nothing on offer: a person is helped more by that than by a refusal.
 *
 * Protobuf is for those alone who name it, with its message and its encoding.
 *
 * Names are in the scheme that this clause gives with `escaping=`, and in the format's own where it
 * gives none or one that does not exist; for protobuf, in the first one that any clause gives.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1 | RFC 9110, Accept}
 * @see {@link https://prometheus.io/docs/instrumenting/content_negotiation/ | Content negotiation}
 */
export function negotiate(accept: string | null | undefined): ExpositionFormat {
  const clauses = parseClauses(accept ?? '');
  let best = findProtobuf(clauses);
  for (const offer of OFFERS) {
    const match = findMatch(offer, clauses);
    if (match !== undefined && match.clause.weight > 0 && isBetter(match, best)) best = match;
  }
  return best === undefined ? TEXT_0_0_4 : escaped(best, clauses);
}

/**
 * True where a response may be compressed with gzip by the request's header `Accept-Encoding`: it
 * names `gzip`, or `*` without ruling gzip out, and does not like the plain bytes better.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3 | RFC 9110, Accept-Encoding}
 */
export function acceptsGzip(acceptEncoding: string | null | undefined): boolean {
  const weights = new Map<string, number>();
  for (const { value, weight } of parseClauses(acceptEncoding ?? '')) {
    const coding = value === 'x-gzip' ? 'gzip' : value;
    weights.set(coding, Math.max(weight, weights.get(coding) ?? 0));
  }
  const gzip = weights.get('gzip') ?? weights.get('*') ?? 0;
  return gzip > 0 && gzip >= (weights.get('identity') ?? 0);
}

function escaped({ format, clause }: Match, clauses: readonly Clause[]): ExpositionFormat {
  const scheme = schemeOf(clause) ?? (format === PROTOBUF ? firstScheme(clauses) : undefined);
  return scheme === undefined ? format : format.withEscaping(scheme);
}

function schemeOf({ parameters }: Clause): EscapingScheme | undefined {
  const asked = parameters.get('escaping')?.toLowerCase();
  return ESCAPING_SCHEMES.find((known) => known === asked);
}

// Prometheus 3 names no scheme with protobuf. Names must not change with the protocol, so that the
// one it asks of text counts.
function firstScheme(clauses: readonly Clause[]): EscapingScheme | undefined {
  for (const clause of clauses) {
    const scheme = schemeOf(clause);
    if (scheme !== undefined) return scheme;
  }
  return undefined;
}

function findProtobuf(clauses: readonly Clause[]): Match | undefined {
  let found: Match | undefined;
  for (const [place, clause] of clauses.entries()) {
    const { value, parameters, weight } = clause;
    const asked =
      value === PROTOBUF_TYPE &&
      parameters.get('proto') === PROTOBUF_PROTO &&
      parameters.get('encoding') === PROTOBUF_ENCODING;
    if (!asked || weight <= (found?.clause.weight ?? 0)) continue;
    found = { format: PROTOBUF, clause, specificity: SPECIFICITY.version, place };
  }
  return found;
}

function findMatch(offer: Offer, clauses: readonly Clause[]): Match | undefined {
  let found: Match | undefined;
  for (const [place, clause] of clauses.entries()) {
    const specificity = specificityOf(offer, clause);
    if (specificity === undefined) continue;
    const stronger =
      found === undefined ||
      specificity > found.specificity ||
      (specificity === found.specificity && clause.weight > found.clause.weight);
    if (stronger) found = { format: offer.format, clause, specificity, place };
  }
  return found;
}

function specificityOf(offer: Offer, { value, parameters }: Clause): number | undefined {
  const { type, subtype, versions, exact } = offer;
  if (value === `${type}/${subtype}`) {
    const version = parameters.get('version');
    if (version !== undefined) {
      return versions.includes(version) ? SPECIFICITY.version : undefined;
    }
    return exact ? undefined : SPECIFICITY.subtype;
  }
  if (exact) return undefined;
  if (value === `${type}/*`) return SPECIFICITY.type;
  return value === '*/*' ? SPECIFICITY.anything : undefined;
}

function isBetter(match: Match, best: Match | undefined): boolean {
  if (best === undefined) return true;
  const named = match.specificity > SPECIFICITY.anything;
  if (named !== best.specificity > SPECIFICITY.anything) return named;
  const { weight } = match.clause;
  if (weight !== best.clause.weight) return weight > best.clause.weight;
  if (match.specificity !== best.specificity) return match.specificity > best.specificity;
  return match.place < best.place;
}
