import { equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toText } from '../exposition/index.ts';
import { CollectorRegistry } from '../metrics/registry/registry.ts';
import { collectVersionMetrics } from './version.ts';

describe('version metrics', () => {
  it('name the version and its parts', async () => {
    const registry = new CollectorRegistry();
    using _ = collectVersionMetrics({ registry });
    const [major, minor, patch] = process.versions.node.split('.');
    equal(
      (await toText(registry)).trimEnd(),
      `# HELP nodejs_version_info Version of Node.js.
# TYPE nodejs_version_info gauge
nodejs_version_info{version="${process.version}",major="${major}",minor="${minor}",patch="${patch}"} 1`,
    );
  });
});
