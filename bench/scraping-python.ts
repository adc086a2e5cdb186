/**
 * The same scrape by Python's client, whose `MultiProcessCollector` reads the files of four processes.
 * They have ended when it does: it reads those of the living in the same way.
 */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { pythonWithClient } from '../test/setup/oracles.ts';

const SCRIPT = `
import os, statistics, sys, time
kind, series, processes = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
for _ in range(processes):
    child = os.fork()
    if child == 0:
        names = ['method', 'route', 'status']
        if kind == 'counter':
            metric = Counter('http_requests', 'Requests.', names)
        else:
            buckets = [0.002 * 10000 ** (i / 11) for i in range(11)]
            metric = Histogram('http_requests', 'Requests.', names, buckets=buckets)
        for i in range(series):
            labels = metric.labels(['GET', 'POST'][i % 2], '/customers/%d' % (i // 8), '20%d' % (i // 2 % 4))
            labels.inc() if kind == 'counter' else labels.observe(i / 1000)
        os._exit(0)
    os.waitpid(child, 0)
registry = CollectorRegistry()
MultiProcessCollector(registry)
times = []
for i in range(6):
    start = time.perf_counter()
    text = generate_latest(registry)
    if i > 0:
        times.append((time.perf_counter() - start) * 1000)
suffix = '_total{' if kind == 'counter' else '_count{'
found = sum(float(line.rsplit(' ', 1)[1]) for line in text.decode().split('\\n') if suffix in line)
assert found == series * processes, found
print(statistics.median(times))
`;

/** Milliseconds of a scrape over `processes` processes of `series` series each. */
export async function pythonScraping(
  directory: string,
  type: 'counter' | 'histogram',
  series: number,
  processes: number,
): Promise<number> {
  const { stdout } = await promisify(execFile)(
    pythonWithClient()!.python,
    ['-c', SCRIPT, type, String(series), String(processes)],
    { env: { ...process.env, PROMETHEUS_MULTIPROC_DIR: directory } },
  );
  return Number(stdout);
}
