/** Documents that are nearly expositions: made by their grammar with mistakes in it, then mutated. */

import type { Random } from './random.ts';

/** A format that is parsed. */
export type Format = 'text' | 'openmetrics';

const TYPES = [
  'counter',
  'gauge',
  'histogram',
  'summary',
  'untyped',
  'unknown',
  'gaugehistogram',
  'info',
  'stateset',
];

const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  counter: ['_total', '_total', '_created'],
  histogram: ['_bucket', '_bucket', '_sum', '_count', '_created'],
  gaugehistogram: ['_bucket', '_bucket', '_gsum', '_gcount'],
  summary: ['', '', '_sum', '_count', '_created'],
  info: ['_info'],
};

const NAMES = [
  'a',
  'b',
  'a_total',
  'a_sum',
  'b_count',
  'x_seconds',
  ':',
  '"a b"',
  '"é"',
  'a_created',
];
const LABELS = ['a', 'b', 'le', 'quantile', '"l l"', '__x', '_', '__proto__', 'constructor'];
const TEXTS = [
  '',
  'x',
  'y',
  '1',
  '0.5',
  '+Inf',
  '\\n',
  '\\"',
  '\\\\',
  '\\z',
  'é🦀',
  ' # {',
  '} 1',
  ',',
];
const NUMBERS = [
  '0',
  '1',
  '2',
  '-1',
  '0.5',
  '1e3',
  '+Inf',
  '-Inf',
  'NaN',
  '-0',
  '1e-320',
  '9007199254740993',
  '1.7976931348623157e308',
  '.5',
  '5.',
];
const TIMES = [
  '0',
  '1',
  '2',
  '1700000000.123456789',
  '-1.5',
  '1e3',
  '1700000000123',
  '-5',
  '0.0000000001',
];

/** Pieces that mutations put in. */
const SPLINTERS = [
  '',
  ' ',
  '\t',
  '\n',
  '\r',
  '\0',
  '"',
  '\\',
  '{',
  '}',
  ',',
  '=',
  '#',
  ' # {} 1',
  '# EOF\n',
  '# TYPE a counter\n',
  '# TYPE a histogram\n',
  '# HELP a x\n',
  '# UNIT x_seconds seconds\n',
  '1',
  'e',
  '.',
  '-',
  '_',
  ':',
  '\ud800',
  '\ufeff',
  '\u0085',
  '🦀',
  'le="1"',
  'quantile="2"',
  '999999999999999999999',
];

/** Makes a document. */
export function makeDocument(random: Random, format: Format): string {
  let text = random.some(4, () => makeFamily(random, format)).join('');
  if (format === 'openmetrics') text += '# EOF\n';
  for (let i = random.once(2) ? 0 : random.below(4); i > 0; i--) text = mutate(random, text);
  return text;
}

function makeFamily(random: Random, format: Format): string {
  const type = random.pick(TYPES);
  const name = random.pick(NAMES);
  const told = format === 'text' && type === 'counter' ? suffixed(name, '_total') : name;
  const head = [
    random.once(8) ? '' : `# TYPE ${told} ${type}\n`,
    random.once(2) ? '' : `# HELP ${told} ${random.pick(TEXTS)}\n`,
    random.once(8) ? `# UNIT ${name} ${random.pick(['', 'seconds'])}\n` : '',
  ];
  return head.join('') + random.some(3, () => makeMetric(random, format, name, type)).join('');
}

function makeMetric(random: Random, format: Format, name: string, type: string): string {
  const labels = random.some(2, () => `${random.pick(LABELS)}="${random.pick(TEXTS)}"`);
  const time = random.once(4) ? ` ${random.pick(TIMES)}` : '';
  if (random.once(2)) return makeWhole(random, name, type, labels, time);
  const lines = random.some(4, () => {
    const suffix = random.pick(SUFFIXES[type] ?? ['']);
    const own = ownLabel(random, type, name, suffix);
    const all = [...labels, ...own].join(',');
    const exemplar =
      format === 'openmetrics' && random.once(6)
        ? ` # {${labels.join(',')}} ${random.pick(NUMBERS)}${time}`
        : '';
    return `${withLabels(suffixed(name, suffix), all)} ${random.pick(NUMBERS)}${time}${exemplar}\n`;
  });
  return lines.join('');
}

/** A metric with all of its lines. */
function makeWhole(
  random: Random,
  name: string,
  type: string,
  labels: readonly string[],
  time: string,
): string {
  const line = (suffix: string, own: readonly string[], value: number | string): string =>
    `${withLabels(suffixed(name, suffix), [...labels, ...own].join(','))} ${value}${time}\n`;
  const count = random.below(5);
  switch (type) {
    case 'histogram':
      return `${line('_bucket', ['le="0.5"'], 0)}${line('_bucket', ['le="+Inf"'], count)}${line('_sum', [], 1.5)}${line('_count', [], count)}`;
    case 'gaugehistogram':
      return `${line('_bucket', ['le="1"'], 0)}${line('_bucket', ['le="+Inf"'], count)}${line('_gsum', [], 1.5)}${line('_gcount', [], count)}`;
    case 'summary':
      return `${line('', ['quantile="0.5"'], 2)}${line('_sum', [], 1)}${line('_count', [], count)}${line('_created', [], 5)}`;
    case 'counter':
      return `${line('_total', [], count)}${random.once(2) ? line('_created', [], 5) : ''}`;
    case 'info':
      return line('_info', ['fact="x"'], 1);
    case 'stateset':
      return `${line('', [`${name}="on"`], 1)}${line('', [`${name}="off"`], 0)}`;
    default:
      return line('', [], random.pick(NUMBERS));
  }
}

function ownLabel(random: Random, type: string, name: string, suffix: string): string[] {
  if (suffix === '_bucket') return [`le="${random.pick(['1', '0.5', '+Inf', 'x'])}"`];
  if (type === 'summary' && suffix === '') return [`quantile="${random.pick(['0', '0.5', '2'])}"`];
  return type === 'stateset' ? [`${name}="${random.pick(TEXTS)}"`] : [];
}

function suffixed(name: string, suffix: string): string {
  return name.endsWith('"') ? `${name.slice(0, -1)}${suffix}"` : name + suffix;
}

function withLabels(name: string, labels: string): string {
  if (name.startsWith('"')) return labels === '' ? `{${name}}` : `{${name},${labels}}`;
  return labels === '' ? name : `${name}{${labels}}`;
}

/** Cuts, repeats, swaps or puts something in. */
function mutate(random: Random, text: string): string {
  const at = random.below(text.length + 1);
  const end = Math.min(text.length, at + random.below(12));
  const lines = text.split('\n');
  switch (random.below(5)) {
    case 0:
      return text.slice(0, at) + text.slice(end);
    case 1:
      return text.slice(0, at) + random.pick(SPLINTERS) + text.slice(at);
    case 2:
      return text.slice(0, at) + random.pick(SPLINTERS) + text.slice(end);
    case 3:
      lines.splice(random.below(lines.length), 0, random.pick(lines));
      return lines.join('\n');
    default:
      return text.slice(0, end) + text.slice(at, end).repeat(random.below(3)) + text.slice(end);
  }
}

/** Makes a document of about `size` characters that asks as much as it can of a parser. */
export function makeLarge(random: Random, format: Format, size: number): string {
  const piece =
    random.pick([
      () => makeDocument(random, format).replaceAll('# EOF\n', ''),
      () => mutate(random, makeFamily(random, format)),
      () => random.pick(SPLINTERS),
      () => `a{${random.pick(LABELS)}="${random.pick(TEXTS)}"`,
      () => `a_bucket{le="${random.below(1e6)}"} 1\n`,
      () => `${random.pick(LABELS)}${random.below(1e6)}="${random.pick(TEXTS)}",`,
      () => `a{l${random.below(1e6)}="x"} 1\n`,
      () => `a${random.below(1e6)} 1\n`,
      () => `# TYPE a${random.below(1e6)} histogram\n`,
    ]) ?? (() => '');
  const fixed = piece();
  const varied = random.once(2);
  const prefix = random.pick([
    '',
    '# TYPE a histogram\n',
    '# TYPE a gauge\n',
    'a{',
    'a{b="',
    'a ',
    '# HELP a ',
  ]);
  const pieces: string[] = [prefix];
  for (let length = 0; length < size; ) {
    const next = (varied ? piece() : fixed) || ' ';
    pieces.push(next);
    length += next.length;
  }
  pieces.push(random.pick(['', '"} 1\n', '\n']), format === 'openmetrics' ? '# EOF\n' : '');
  return pieces.join('');
}
