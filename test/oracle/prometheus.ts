/** Prometheus itself, started on a folder of its own, told whom to scrape, and asked what it saw. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { goVersion, prometheusBinary } from '../setup/oracles.ts';
import { until } from './until.ts';

const binary = prometheusBinary();

/** The reason to skip what needs Prometheus, or false where it is installed. */
export const withoutPrometheus: string | false =
  binary === undefined && 'no prometheus on the PATH: apt-get install prometheus';

/** The server as tests name it: `Prometheus 2.42.0+ds`. */
export const prometheusName: string =
  binary === undefined ? 'Prometheus' : `Prometheus ${goVersion(binary)}`;

/** A series as Prometheus knows it, with its value now. */
export type Series = readonly [
  name: string,
  labels: Readonly<Record<string, string>>,
  value: number,
];

/** What Prometheus took from the lines above a family's samples. */
export interface Metadata {
  readonly type: string;
  readonly help: string;
  readonly unit: string;
}

/** Whom a job scrapes: `127.0.0.1:9464`, at the path `/metrics`. */
export type Jobs = Readonly<Record<string, readonly string[]>>;

/** A native histogram as Prometheus shows it: each bucket with its bounds and its count. */
export interface PrometheusHistogram {
  readonly count: number;
  readonly sum: number;
  readonly buckets: readonly (readonly [lower: number, upper: number, count: number])[];
}

/** What else a server is started with. */
export interface PrometheusOptions {
  /** Asks for protobuf, and keeps native histograms. */
  readonly nativeHistograms?: boolean;
}

/** Series that Prometheus writes itself, one of each for every target. */
const OWN_SERIES = /^(up|scrape_\w+)$/;

/** It sees to its targets for the first time 5 seconds after its start, whatever it is told. */
const BOUND_MS = 25_000;

/** A running server. Dispose of it, and nothing is left of it. */
export class Prometheus implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #folder: string;
  #log = '';
  #url = '';

  /** Starts a server that scrapes the targets of each job every second. */
  static async start(jobs: Jobs, options: PrometheusOptions = {}): Promise<Prometheus> {
    const server = new Prometheus(jobs, options);
    try {
      server.#url = await until('Prometheus is ready', () => server.#ready(), {
        withinMs: BOUND_MS,
        instead: () => server.#log,
      });
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  private constructor(jobs: Jobs, { nativeHistograms = false }: PrometheusOptions) {
    this.#folder = mkdtempSync(join(tmpdir(), 'promethium-prometheus-'));
    const config = join(this.#folder, 'prometheus.yml');
    // JSON, which is YAML as well.
    writeFileSync(config, JSON.stringify(toConfig(jobs)));
    this.#process = spawn(
      binary!,
      [
        `--config.file=${config}`,
        `--storage.tsdb.path=${join(this.#folder, 'data')}`,
        '--web.listen-address=127.0.0.1:0',
        `--enable-feature=exemplar-storage${nativeHistograms ? ',native-histograms' : ''}`,
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    this.#exited = once(this.#process, 'exit');
    this.#process.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#log += text;
    });
  }

  /** Evaluates an expression now. Without the labels that tell who was scraped, ordered by name. */
  async query(expression: string): Promise<Series[]> {
    const { result } = (await this.#get('query', { query: expression })) as {
      result: { metric: Record<string, string>; value: [number, string] }[];
    };
    const series = result.map(({ metric, value: [, text] }): Series => {
      const { __name__: name = '', job: _job, instance: _instance, ...labels } = metric;
      return [name, labels, toNumber(text)];
    });
    return inOrder(series.filter(([name]) => !OWN_SERIES.test(name)));
  }

  /** Evaluates an expression of one native histogram, which it returns. */
  async histogram(expression: string): Promise<PrometheusHistogram> {
    const { result } = (await this.#get('query', { query: expression })) as {
      result: { histogram?: [number, WrittenHistogram] }[];
    };
    const written = result[0]?.histogram?.[1];
    if (written === undefined || result.length > 1) {
      throw new Error(`query "${expression}": no single histogram, got ${JSON.stringify(result)}`);
    }
    const { count, sum, buckets = [] } = written;
    return {
      count: Number(count),
      sum: toNumber(sum),
      buckets: buckets.map(([, lower, upper, own]) => [Number(lower), Number(upper), Number(own)]),
    };
  }

  /** Evaluates an expression of one series, the value of which it returns. */
  async value(expression: string): Promise<number> {
    const series = await this.query(expression);
    if (series.length === 1) return series[0]![2];
    throw new Error(`query "${expression}": no single series, expected 1, got ${series.length}`);
  }

  /** What the targets of a job say of their families, by name. */
  async metadata(job: string): Promise<Record<string, Metadata>> {
    const entries = (await this.#get('targets/metadata', {
      match_target: `{job="${job}"}`,
    })) as (Metadata & { metric: string })[];
    return Object.fromEntries(
      entries.map(({ metric, type, help, unit }) => [metric, { type, help, unit }]),
    );
  }

  /** The exemplars of the last hour, each as its labels, value and Unix time. */
  async exemplars(
    expression: string,
  ): Promise<{ labels: Record<string, string>; value: string; timestamp: number }[]> {
    const now = Date.now() / 1000;
    const series = (await this.#get('query_exemplars', {
      query: expression,
      start: String(now - 3600),
      end: String(now),
    })) as { exemplars: { labels: Record<string, string>; value: string; timestamp: number }[] }[];
    return series.flatMap(({ exemplars }) => exemplars);
  }

  /** Waits until every target of the job has answered a scrape that began after this call. */
  async scraped(job: string, targets = 1): Promise<void> {
    // Prometheus moves the time of a scrape by up to 2 ms, to make intervals even.
    const called = Date.now() / 1000 + 0.002;
    // Not by its page of targets, which is up to date a moment before the samples are in.
    // And the time of `up` itself: that of a comparison is the time of the query.
    const up = `up{job="${job}"}`;
    const since = `count(timestamp(${up}) > ${called} and ${up} == 1)`;
    await until(
      `Prometheus has scraped ${job}`,
      async () => (await this.query(since))[0]?.[2] === targets || undefined,
      { withinMs: BOUND_MS, instead: () => this.#targets() },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#exited;
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Where it is asked. It listens before it can answer, and says 503 in plain words until then. */
  async #ready(): Promise<string | undefined> {
    if (this.#process.exitCode !== null) throw new Error(`Prometheus has ended:\n${this.#log}`);
    const address = /msg="Listening on" address=(\S+)/.exec(this.#log)?.[1];
    if (address === undefined) return undefined;
    const { status } = await fetch(`http://${address}/-/ready`, { method: 'HEAD' });
    return status === 200 ? `http://${address}/api/v1/` : undefined;
  }

  async #targets(): Promise<string> {
    const { activeTargets } = (await this.#get('targets', {})) as { activeTargets: unknown[] };
    return JSON.stringify(activeTargets);
  }

  async #get(path: string, parameters: Record<string, string>): Promise<unknown> {
    const response = await fetch(`${this.#url}${path}?${new URLSearchParams(parameters)}`);
    const { data, error } = (await response.json()) as { data?: unknown; error?: string };
    if (error !== undefined) throw new Error(`Prometheus refuses ${path}: ${error}`);
    return data;
  }
}

/** A native histogram as the answer has it; the first number of a bucket says which bounds are in it. */
interface WrittenHistogram {
  readonly count: string;
  readonly sum: string;
  readonly buckets?: readonly (readonly [number, string, string, string])[];
}

function toConfig(jobs: Jobs): object {
  return {
    global: { scrape_interval: '1s', scrape_timeout: '1s' },
    scrape_configs: Object.entries(jobs).map(([job_name, targets]) => ({
      job_name,
      static_configs: [{ targets }],
    })),
  };
}

/** Orders series by name and labels, which is the order of every answer. */
export function inOrder(series: readonly Series[]): Series[] {
  return [...series].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function keyOf([name, labels]: Series): string {
  return JSON.stringify([name, Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]);
}

function toNumber(text: string): number {
  if (text === '+Inf') return Infinity;
  if (text === '-Inf') return -Infinity;
  return Number(text);
}
