/** Which format, and which coding of it, a client gets that sent this header. */

import { type ExpositionFormat, OPENMETRICS_1_0_0, TEXT_0_0_4 } from './format.ts';
import { type Clause, parseClauses } from './header-clauses.ts';

interface Offer {
  readonly format: ExpositionFormat;
  readonly type: string;
  readonly subtype: string;
  /** Versions that this format answers. Asked for no version, it answers as well. */
  readonly versions: readonly string[];
}

/** How precisely a clause names an offer. */
const SPECIFICITY = { anything: 0, type: 1, subtype: 2 } as const;

interface Match {
  readonly format: ExpositionFormat;
  readonly specificity: number;
  readonly weight: number;
  readonly place: number;
}

/** What is on offer. Of two that a client likes equally well and names in one clause, the first. */
const OFFERS: readonly Offer[] = [
  { format: TEXT_0_0_4, type: 'text', subtype: 'plain', versions: ['0.0.4'] },
  {
    format: OPENMETRICS_1_0_0,
    type: 'application',
    subtype: 'openmetrics-text',
    // Prometheus 2.5 to 2.33 ask for 0.0.1 alone, and read what is 1.0.0.
    versions: ['1.0.0', '0.0.1'],
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
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1 | RFC 9110, Accept}
 */
export function negotiate(accept: string | null | undefined): ExpositionFormat {
  const clauses = parseClauses(accept ?? '');
  let best: Match | undefined;
  for (const offer of OFFERS) {
    const match = findMatch(offer, clauses);
    if (match !== undefined && match.weight > 0 && isBetter(match, best)) best = match;
  }
  return best?.format ?? TEXT_0_0_4;
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

function findMatch(offer: Offer, clauses: readonly Clause[]): Match | undefined {
  let found: Match | undefined;
  for (const [place, clause] of clauses.entries()) {
    const specificity = specificityOf(offer, clause);
    if (specificity === undefined) continue;
    const { weight } = clause;
    const stronger =
      found === undefined ||
      specificity > found.specificity ||
      (specificity === found.specificity && weight > found.weight);
    if (stronger) found = { format: offer.format, specificity, weight, place };
  }
  return found;
}

function specificityOf(offer: Offer, { value, parameters }: Clause): number | undefined {
  if (value === '*/*') return SPECIFICITY.anything;
  if (value === `${offer.type}/*`) return SPECIFICITY.type;
  if (value !== `${offer.type}/${offer.subtype}`) return undefined;
  const version = parameters.get('version');
  return version === undefined || offer.versions.includes(version)
    ? SPECIFICITY.subtype
    : undefined;
}

function isBetter(match: Match, best: Match | undefined): boolean {
  if (best === undefined) return true;
  const named = match.specificity > SPECIFICITY.anything;
  if (named !== best.specificity > SPECIFICITY.anything) return named;
  if (match.weight !== best.weight) return match.weight > best.weight;
  if (match.specificity !== best.specificity) return match.specificity > best.specificity;
  return match.place < best.place;
}
