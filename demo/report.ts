/** What the demo ends with: a table, and a verdict. */

import type { LoadCounts } from './load.ts';
import type { Scrape } from './scrape.ts';

/** All that was seen. */
export interface Report extends LoadCounts, Scrape {
  readonly node: string;
  readonly workers: number;
  readonly killed: number;
  /** Files in the metrics folder: one for each process that ever counted. */
  readonly files: number;
  /** What Prometheus has stored; `absent` where none is installed. */
  readonly prometheus: number | 'absent' | undefined;
}

/** Prints the table. True when the counts agree. */
export function printReport(report: Report): boolean {
  const { sent, answered, broken, counted, killed, prometheus } = report;
  const rows: [string, string][] = [
    ['requests sent', String(sent)],
    ['requests answered', String(answered)],
    ['connections broken by the kill', String(broken)],
    ['requests counted by the metrics', String(counted)],
    ['requests Prometheus has stored', inWords(prometheus)],
    ['workers, killed with SIGKILL', `${report.workers}, ${killed}`],
    ['files of metrics', String(report.files)],
    ['last scrape', `${report.bytes} bytes in ${report.ms.toFixed(1)} ms`],
    ['Node', report.node],
  ];
  const width = Math.max(...rows.map(([what]) => what.length));
  console.log('');
  for (const [what, value] of rows) console.log(`${what.padEnd(width)}  ${value}`);
  const [agree, rule] =
    killed === 0
      ? [answered === counted && counted === sent, 'answered = counted = sent']
      : [answered <= counted && counted <= sent, 'answered <= counted <= sent'];
  const stored = prometheus === 'absent' || prometheus === counted;
  console.log(`\n${rule}: ${agree ? 'yes' : 'NO'}${stored ? '' : ' (and Prometheus: NO)'}`);
  return agree && stored;
}

function inWords(prometheus: Report['prometheus']): string {
  if (prometheus === 'absent') return 'no prometheus on this machine';
  return prometheus === undefined ? 'no answer' : String(prometheus);
}
