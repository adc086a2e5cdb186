/**
 * The grammar of OpenMetrics 2.0.0-rc0 as a regular expression for each kind of line. The rules bear
 * the specification's names and say what its ABNF says; what they cannot say, such as which type has
 * which value, is for tests to check.
 *
 * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec_2_0/#abnf | OpenMetrics 2.0, ABNF}
 */

const SIGN = '[-+]?';
const realnumber = `${SIGN}(?:[0-9]+(?:\\.[0-9]*)?|[0-9]*\\.[0-9]+)(?:[eE]${SIGN}[0-9]+)?`;
const number = `(?:${realnumber}|${SIGN}(?:[iI][nN][fF](?:[iI][nN][iI][tT][yY])?)|[nN][aA][nN])`;
const integer = `${SIGN}[0-9]+`;
const nonNegativeInteger = '\\+?[0-9]+';
const normalCharacter = '[^\\n"\\\\]';
const escapedCharacter = `(?:${normalCharacter}|\\\\[n"\\\\]|\\\\${normalCharacter})`;
const escapedString = `${escapedCharacter}*`;
const quotedName = `"${escapedCharacter}+"`;

const metricName = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const labelName = '[a-zA-Z_][a-zA-Z0-9_]*';
const label = `(?:${labelName}|${quotedName})="${escapedString}"`;
const labelsInBraces = `\\{(?:${label}(?:,${label})*)?\\}`;
const metricNameAndLabels = `(?:${metricName}(?:${labelsInBraces})?|\\{${quotedName}(?:,${label})*\\})`;

const bucket = `${realnumber}:${number}`;
const classicBuckets = `bucket:\\[(?:(?:-Inf:${number}|${bucket})(?:,${bucket})*,)?\\+Inf:${number}\\]`;
const spans = `(?:${integer}:${nonNegativeInteger}(?:,${nonNegativeInteger}:${nonNegativeInteger})*)?`;
const counts = `(?:${number}(?:,${number})*)?`;
const side = (sign: string): string =>
  `(?:,${sign}_spans:\\[${spans}\\],${sign}_buckets:\\[${counts}\\])?`;
const nativeBuckets = `schema:${integer},zero_threshold:${realnumber},zero_count:${number}${side('negative')}${side('positive')}`;
const histogramBuckets = `(?:${classicBuckets}|${nativeBuckets}(?:,${classicBuckets})?)`;
const histogramValue = `count:${number},sum:${number},${histogramBuckets}`;
const gaugeHistogramValue = `gcount:${number},gsum:${number},${histogramBuckets}`;
const summaryValue = `count:${number},sum:${number},quantile:\\[(?:${bucket}(?:,${bucket})*)?\\]`;

const startTimestamp = `st@${realnumber}`;
const exemplar = ` # ${labelsInBraces} ${number} ${realnumber}`;

function sampleOf(value: string, { start }: { readonly start: boolean }): RegExp {
  const times = `(?: ${realnumber})?${start ? `(?: ${startTimestamp})?` : ''}`;
  return new RegExp(`^${metricNameAndLabels} ${value}${times}(?:${exemplar})*$`, 'u');
}

const name = `(?:${metricName}|${quotedName})`;

/** A line before the samples of a family. */
const DESCRIPTOR = new RegExp(
  `^# (?:TYPE ${name} (?:counter|gauge|histogram|gaugehistogram|stateset|info|summary|unknown)|HELP ${name} ${escapedString}|UNIT ${name} [a-zA-Z0-9_:]*)$`,
  'u',
);

/** A sample of each type: the grammar's, with the values and times that the type may have. */
const SAMPLES: Readonly<Record<string, RegExp>> = {
  counter: sampleOf(number, { start: true }),
  gauge: sampleOf(number, { start: false }),
  unknown: sampleOf(number, { start: false }),
  info: sampleOf('1', { start: false }),
  stateset: sampleOf('[01]', { start: false }),
  histogram: sampleOf(`\\{${histogramValue}\\}`, { start: true }),
  gaugehistogram: sampleOf(`\\{${gaugeHistogramValue}\\}`, { start: false }),
  summary: sampleOf(`\\{${summaryValue}\\}`, { start: true }),
};

/** Returns the lines of an exposition that break the grammar, or bear another name than their family. */
export function brokenLines(exposition: string): string[] {
  const lines = exposition.split('\n');
  if (lines.splice(-2).join('\n') !== '# EOF\n') return ['the end'];
  const broken: string[] = [];
  let family = '';
  let sample: RegExp | undefined;
  for (const line of lines) {
    if (line.startsWith('#')) {
      if (!DESCRIPTOR.test(line)) broken.push(line);
      const [, , type] = /^# (TYPE) (.*) (\w+)$/su.exec(line) ?? [];
      if (type !== undefined) {
        family = type;
        sample = SAMPLES[line.slice(line.lastIndexOf(' ') + 1)];
      } else if (!line.slice(7).startsWith(`${family} `)) broken.push(line);
    } else if (!(sample?.test(line) && bears(line, family))) broken.push(line);
  }
  return broken;
}

function bears(line: string, family: string): boolean {
  const start = family.startsWith('"') ? `{${family}` : family;
  return line.startsWith(start) && ['{', ' ', ',', '}'].includes(line[start.length]!);
}
