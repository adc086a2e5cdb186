import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { temporaryFolder } from '../../test/processes/temporary-folder.ts';
import { ProcFiles } from './proc-files.ts';

const STATUS = `Name:\tnode
Umask:\t0022
State:\tS (sleeping)
Tgid:\t4711
Pid:\t4711
FDSize:\t256
VmPeak:\t 1024000 kB
VmSize:\t 1003520 kB
VmHWM:\t   98304 kB
VmRSS:\t   65536 kB
RssAnon:\t   20480 kB
VmData:\t  131072 kB
VmStk:\t     132 kB
Threads:\t11
SigQ:\t0/96365
`;

const LIMITS = `Limit                     Soft Limit           Hard Limit           Units     
Max cpu time              unlimited            unlimited            seconds   
Max open files            1024                 524288               files     
Max locked memory         8388608              8388608              bytes     
Max address space         4294967296           unlimited            bytes     
Max nice priority         0                    0                    
`;

/** A folder like `/proc/self`. A file that is `undefined` is not there. */
function recorded(t: TestContext, files: { status?: string; limits?: string }): ProcFiles {
  const folder = temporaryFolder(t);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return new ProcFiles(folder);
}

const WHOLE = {
  virtualBytes: 1003520 * 1024,
  residentBytes: 65536 * 1024,
  dataBytes: 131072 * 1024,
  threads: 11,
};
const NOTHING = {
  virtualBytes: undefined,
  residentBytes: undefined,
  dataBytes: undefined,
  threads: undefined,
};

describe('the status file', () => {
  const cases: readonly [string, string, object][] = [
    ['is read in bytes', STATUS, WHOLE],
    ['is empty', '', NOTHING],
    [
      'has a name that looks like everything else',
      STATUS.replace('\tnode', '\t) (x) VmRSS:\t1 kB\\nVmRSS:\t2 kB'),
      WHOLE,
    ],
    [
      'is cut within a number',
      STATUS.slice(0, STATUS.indexOf('36 kB')),
      { ...NOTHING, virtualBytes: WHOLE.virtualBytes },
    ],
    [
      'is cut after a number',
      STATUS.slice(0, STATUS.indexOf(' kB\nRssAnon')),
      { ...NOTHING, virtualBytes: WHOLE.virtualBytes },
    ],
    [
      'has words where numbers belong',
      STATUS.replace('   65536', 'many').replace('Threads:\t11', 'Threads:\t-1'),
      { ...WHOLE, residentBytes: undefined, threads: undefined },
    ],
    [
      'is a kernel thread, without memory',
      STATUS.replace(/^(Vm|Rss).*\n/gm, ''),
      { ...NOTHING, threads: 11 },
    ],
  ];
  for (const [title, status, expected] of cases) {
    it(`gives what there is when it ${title}`, (t) => {
      deepEqual(recorded(t, { status }).status(), expected);
    });
  }

  it('is missing: says which', (t) => {
    const folder = temporaryFolder(t);
    throws(() => new ProcFiles(folder).status(), {
      name: 'MetricsError',
      code: 'FILE_UNREADABLE',
      message: `file "${folder}/status": not readable, expected the facts of a process, got ENOENT: no such file or directory, open '${folder}/status'`,
    });
  });
});

describe('the limits file', () => {
  const whole = { openFiles: 1024, addressSpaceBytes: 4294967296 };
  const nothing = { openFiles: undefined, addressSpaceBytes: undefined };
  const cases: readonly [string, string, object][] = [
    ['is read by its soft limits', LIMITS, whole],
    [
      'says unlimited',
      LIMITS.replace('1024      ', 'unlimited ').replace('4294967296', 'unlimited '),
      { openFiles: Infinity, addressSpaceBytes: Infinity },
    ],
    ['is empty', '', nothing],
    ['is cut within a line', LIMITS.slice(0, LIMITS.indexOf('24       ')), nothing],
    [
      'is cut after the soft limit',
      LIMITS.slice(0, LIMITS.indexOf(' unlimited            bytes')),
      { ...whole, addressSpaceBytes: undefined },
    ],
    [
      'has a word where a number belongs',
      LIMITS.replace('1024      ', 'some      '),
      { ...whole, openFiles: undefined },
    ],
  ];
  for (const [title, limits, expected] of cases) {
    it(`gives what there is when it ${title}`, (t) => {
      deepEqual(recorded(t, { limits }).limits(), expected);
    });
  }
});

describe('the fd folder', () => {
  it('is counted by its list where its size is no count', (t) => {
    const folder = temporaryFolder(t);
    mkdirSync(join(folder, 'fd'));
    for (const name of ['0', '1', '2', '17', 'the one of the list']) {
      writeFileSync(join(folder, 'fd', name), '');
    }
    const files = new ProcFiles(folder);
    equal(files.openFiles(), 4);
    equal(files.openFiles(), 4);
  });

  const skip = process.platform === 'linux' ? false : 'there is no /proc';
  it('counts what this process really opens and closes', { skip }, () => {
    const files = new ProcFiles();
    const before = files.openFiles();
    const opened = Array.from({ length: 10 }, () => openSync(import.meta.filename, 'r'));
    equal(files.openFiles(), before + 10);
    for (const fd of opened) closeSync(fd);
    equal(files.openFiles(), before);
  });

  it('is read of the real process beside the rest', { skip }, () => {
    const { virtualBytes = 0, residentBytes = 0, threads = 0 } = new ProcFiles().status();
    const rss = process.memoryUsage.rss();
    ok(Math.abs(residentBytes - rss) < 16 * 2 ** 20, `${residentBytes} beside ${rss}`);
    ok(virtualBytes > residentBytes);
    ok(threads >= 1);
    ok((new ProcFiles().limits().openFiles ?? 0) > 0);
  });
});
