import { deepEqual, equal } from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { printReport, type Report } from './report.ts';

const REPORT: Report = {
  sent: 102,
  answered: 100,
  broken: 2,
  counted: 101,
  prometheus: 101,
  workers: 4,
  killed: 1,
  files: 6,
  bytes: 2048,
  ms: 1.25,
  node: 'v24.0.0',
};

/** What is printed of it, and the verdict. */
function print(context: TestContext, report: Partial<Report>): [text: string, agree: boolean] {
  const log = context.mock.method(console, 'log', () => {});
  const agree = printReport({ ...REPORT, ...report });
  const text = log.mock.calls.map(({ arguments: [line] }) => `${line}\n`).join('');
  log.mock.restore();
  return [text, agree];
}

/** The last line, and the verdict. */
function verdict(context: TestContext, report: Partial<Report>): [line: string, agree: boolean] {
  const [text, agree] = print(context, report);
  return [text.trimEnd().split('\n').at(-1)!, agree];
}

describe('printReport', () => {
  it('prints what was seen, what Prometheus has stored as well', (context) => {
    const [text, agree] = print(context, {});
    equal(
      text,
      `
requests sent                    102
requests answered                100
connections broken by the kill   2
requests counted by the metrics  101
requests Prometheus has stored   101
workers, killed with SIGKILL     4, 1
files of metrics                 6
last scrape                      2048 bytes in 1.3 ms
Node                             v24.0.0

answered <= counted <= sent: yes
`,
    );
    equal(agree, true);
  });

  it('says where there is no Prometheus, and where it does not answer', (context) => {
    const row = (report: Partial<Report>): string =>
      print(context, report)[0]
        .split('\n')
        .find((line) => line.includes('Prometheus'))!;
    equal(
      row({ prometheus: 'absent' }),
      'requests Prometheus has stored   no prometheus on this machine',
    );
    equal(row({ prometheus: undefined }), 'requests Prometheus has stored   no answer');
  });

  it('asks for the same number three times where nothing was killed', (context) => {
    const equals = { killed: 0, sent: 9, answered: 9, counted: 9, prometheus: 9 };
    deepEqual(verdict(context, equals), ['answered = counted = sent: yes', true]);
    for (const name of ['sent', 'answered'] as const) {
      const report = { ...equals, [name]: 8 };
      deepEqual(verdict(context, report), ['answered = counted = sent: NO', false]);
    }
  });

  it('does not agree where more was counted than sent, or less than answered', (context) => {
    for (const counted of [99, 103]) {
      const report = { counted, prometheus: counted };
      deepEqual(verdict(context, report), ['answered <= counted <= sent: NO', false]);
    }
  });

  it('does not agree with a Prometheus that has something else', (context) => {
    for (const prometheus of [100, undefined]) {
      deepEqual(verdict(context, { prometheus }), [
        'answered <= counted <= sent: yes (and Prometheus: NO)',
        false,
      ]);
    }
    deepEqual(verdict(context, { prometheus: 'absent' }), [
      'answered <= counted <= sent: yes',
      true,
    ]);
  });
});
