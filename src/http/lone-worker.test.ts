import { deepEqual, equal } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../../test/processes/temporary-folder.ts';
import { SharedStorage } from '../../test/shared-storage.ts';
import { Gauge } from '../metrics/instruments/gauge.ts';
import { CollectorRegistry } from '../metrics/registry/registry.ts';
import { type AskedProcess, warnOfLoneWorker } from './lone-worker.ts';

const WARNING =
  'PROMETHIUM_ALONE: cluster worker "7": shows what it counts itself and none of the others, expected a storage that all workers share (PROMETHEUS_MULTIPROC_DIR), got one of this process alone';

/** A process made by hand, and what it was warned of. */
function asked(isWorker = true): AskedProcess & { readonly warnings: readonly string[] } {
  const warnings: string[] = [];
  return {
    warnings,
    send: () => {},
    getBuiltinModule: () => ({ isWorker, worker: { id: 7 } }),
    emitWarning: (message, { code }) => warnings.push(`${code}: ${message}`),
  };
}

/** A registry that counts on its heap. */
function counting(): CollectorRegistry {
  const registry = new CollectorRegistry();
  new Gauge({ name: 'g', help: 'G.', registry });
  return registry;
}

describe('a worker of a cluster that counts on its heap', () => {
  it('is warned once, however many registries it serves', () => {
    const worker = asked();
    warnOfLoneWorker(counting(), worker);
    warnOfLoneWorker(counting(), worker);
    deepEqual(worker.warnings, [WARNING]);
  });

  it('is not warned before its first metric, when it may get a storage still', () => {
    const worker = asked();
    const registry = new CollectorRegistry();
    warnOfLoneWorker(registry, worker);
    equal(registry.hasStorage, false);
    new Gauge({ name: 'g', help: 'G.', registry });
    deepEqual(worker.warnings, []);
    warnOfLoneWorker(registry, worker);
    deepEqual(worker.warnings, [WARNING]);
  });

  it('is not warned of what lies in a shared storage, nor of a collector', () => {
    const worker = asked();
    const registry = new CollectorRegistry({ storage: new SharedStorage() });
    new Gauge({ name: 'g', help: 'G.', registry });
    warnOfLoneWorker(registry, worker);
    warnOfLoneWorker({ collect: () => [] }, worker);
    deepEqual(worker.warnings, []);
  });

  it('is no primary, nor a process without a parent that talks to it, nor a runtime without processes', () => {
    const primary = asked(false);
    const { send: _, ...alone } = asked();
    warnOfLoneWorker(counting(), primary);
    warnOfLoneWorker(counting(), {
      ...alone,
      getBuiltinModule: () => {
        throw new Error('is loaded by nobody else');
      },
    });
    warnOfLoneWorker(counting(), {});
    deepEqual([primary.warnings, alone.warnings], [[], []]);
  });
});

describe('a service on node:cluster', { timeout: 60_000 }, () => {
  const script = join(import.meta.dirname, '..', '..', 'test', 'processes', 'lone-workers.ts');
  const warnings = (args: readonly string[], variables: NodeJS.ProcessEnv = {}): string[] => {
    const { PROMETHEUS_MULTIPROC_DIR: _, prometheus_multiproc_dir: __, ...env } = process.env;
    const { stderr, status } = spawnSync(process.execPath, [...args.slice(1), script, args[0]!], {
      encoding: 'utf8',
      env: { ...env, ...variables },
    });
    equal(status, 0, stderr);
    return Array.from(
      stderr.matchAll(/\[(PROMETHIUM_\w+)\] MetricsWarning: (.*)$/gm),
      ([, code, text]) => `${code}: ${text}`,
    );
  };

  it('is warned by its worker alone, and once', () => {
    deepEqual(warnings(['main']), [WARNING.replace('7', '1')]);
  });

  it('is not warned by a thread of its worker', () => {
    deepEqual(warnings(['thread']), []);
  });

  it('is not warned where it was told of a directory', (t) => {
    deepEqual(warnings(['main'], { PROMETHEUS_MULTIPROC_DIR: temporaryFolder(t) }), []);
  });

  it('can be told that each worker is meant to be on its own', () => {
    deepEqual(warnings(['main', '--disable-warning=PROMETHIUM_ALONE']), []);
  });
});
