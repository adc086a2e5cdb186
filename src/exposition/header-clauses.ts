/**
 * The headers by which a client says what it prefers: clauses separated by commas, each with
 * parameters and a weight. They come from anyone, so reading them takes one pass and never throws.
 */

/** One alternative of such a header. */
export interface Clause {
  /** What is preferred, in lower case: `text/plain`, `gzip`, `*`. */
  readonly value: string;
  /** The parameters but `q`, names in lower case. Of two with one name, the first counts. */
  readonly parameters: ReadonlyMap<string, string>;
  /** The weight from 0, never, to 1. */
  readonly weight: number;
}

/**
 * Splits a header into its clauses, in their order.
 *
 * A weight above 1 counts as 1, as Prometheus 2.49.0 sent `q=2`. A clause whose weight cannot be
 * read is left out.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-12.4.2 | RFC 9110, Quality Values}
 */
export function parseClauses(header: string): Clause[] {
  const clauses: Clause[] = [];
  for (const text of split(header, ',')) {
    const clause = parseClause(text);
    if (clause !== undefined) clauses.push(clause);
  }
  return clauses;
}

function parseClause(text: string): Clause | undefined {
  const [first = '', ...rest] = split(text, ';');
  const value = first.trim().toLowerCase();
  if (value === '') return undefined;
  const parameters = new Map<string, string>();
  for (const parameter of rest) {
    const equals = parameter.indexOf('=');
    if (equals < 0) continue;
    const name = parameter.slice(0, equals).trim().toLowerCase();
    if (!parameters.has(name)) parameters.set(name, unquote(parameter.slice(equals + 1).trim()));
  }
  const weight = parseWeight(parameters.get('q'));
  parameters.delete('q');
  return weight === undefined ? undefined : { value, parameters, weight };
}

function parseWeight(text: string | undefined): number | undefined {
  if (text === undefined) return 1;
  const weight = text === '' ? Number.NaN : Number(text);
  return weight >= 0 ? Math.min(weight, 1) : undefined;
}

/** Splits outside of quoted strings. A quote that is never closed reaches to the end. */
function split(text: string, separator: ',' | ';'): string[] {
  const parts: string[] = [];
  let start = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '"') quoted = !quoted;
    else if (quoted && character === '\\') i++;
    else if (!quoted && character === separator) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

function unquote(text: string): string {
  if (text.length < 2 || !text.startsWith('"') || !text.endsWith('"')) return text;
  return text.slice(1, -1).replaceAll(/\\(.)/gs, '$1');
}
