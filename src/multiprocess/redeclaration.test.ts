import { deepEqual, equal } from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { CONNECTIONS, REQUESTS } from '../../test/processes/counting-process.ts';
import { lines, open } from '../../test/processes/storage.ts';
import { temporaryFolder } from '../../test/processes/temporary-folder.ts';
import type { StoredFamily } from '../model/cells.ts';
import type { Cells, SeriesStorage } from '../storage/storage.ts';
import { HeapSpace } from './segment/heap-space.ts';
import { HEADER_BYTES } from './segment/segment.ts';
import { SegmentContents } from './segment/segment-contents.ts';
import { newId } from './segment/segment-id.ts';
import { type FamilyRecord, SegmentWriter } from './segment/segment-writer.ts';
import { currentIdentity } from './system/process-identity.ts';

const PLAIN: StoredFamily = { ...REQUESTS, labelNames: [] };

/** Declarations of one name that differ in everything a program may change between two reloads. */
const VERSIONS: readonly StoredFamily[] = [
  PLAIN,
  { ...PLAIN, help: 'Requests answered!' },
  { ...PLAIN, help: 'A longer sentence on the requests that were answered.' },
  { ...REQUESTS },
  { ...REQUESTS, labelNames: ['path', 'method'] },
  { ...PLAIN, type: 'histogram', bounds: [1, 2] },
  { ...PLAIN, type: 'histogram', bounds: [1, 2, 3, 4] },
  { ...CONNECTIONS, name: REQUESTS.name },
  { ...CONNECTIONS, name: REQUESTS.name, mode: 'all' },
];

describe('A metric that is declared anew in another way', () => {
  it('is shown as it was declared last, beside all others', async (context) => {
    const directory = temporaryFolder(context);
    const storage = open(context, { directory, mapper: 'koffi' });
    const sidecar = open(context, { directory, mapper: 'koffi', readOnly: true });
    const other = storage.declare(CONNECTIONS).allocate([]);
    other.cells[other.index] = 42;
    for (const [round, family] of [...VERSIONS, ...VERSIONS].entries()) {
      const series = storage.declare(family);
      const place = series.allocate(family.labelNames.map(() => 'x'));
      place.cells[place.index] = round + 1;
      for (const reader of [storage, sidecar]) {
        const families = await reader.collect();
        deepEqual(
          families.map(({ name, type, help }) => [name, type, help]),
          [
            ['connections', 'gauge', CONNECTIONS.help],
            ['requests', family.type, family.help],
          ],
        );
        deepEqual(
          lines(families)
            .map((line) => line.split(' ').at(-1))
            .slice(0, 2),
          ['42', String(round + 1)],
        );
      }
      series.release(place);
    }
  });

  it('takes the places of its former declarations, so that reloading for ever adds nothing', (context) => {
    const directory = temporaryFolder(context);
    const storage = open(context, { directory, mapper: 'koffi' });
    for (let round = 0; round < 5000; round++) {
      const series = storage.declare(VERSIONS[round % VERSIONS.length]!);
      series.release(series.allocate(['x']));
    }
    deepEqual(
      readdirSync(directory).map((name) => statSync(join(directory, name)).size),
      [65_536],
    );
  });

  it('keeps what a former declaration still counts, and never lets it win', async (context) => {
    const directory = temporaryFolder(context);
    const storage = open(context, { directory, mapper: 'koffi' });
    const sidecar = open(context, { directory, mapper: 'koffi', readOnly: true });
    const former = storage.declare(REQUESTS);
    const gone = former.allocate(['/gone']);
    const latest = storage.declare({ ...REQUESTS, help: 'Requests.' });
    former.release(gone);
    count(latest, '/new', 2);
    count(former, '/old', 1);
    const families = await sidecar.collect();
    deepEqual(families.find(({ name }) => name === 'requests')?.help, 'Requests.');
    deepEqual(lines(families), [
      'promethium_disagreeing_declarations{"family":"requests","aspect":"help"} 1',
      'requests_total{"path":"/new"} 2',
      'requests_total{"path":"/old"} 1',
    ]);
  });

  it('is read back by a second reader after whatever steps', () => {
    fc.assert(
      fc.property(fc.array(STEP, { maxLength: 60 }), (steps) => run(steps)),
      {
        numRuns: 300,
      },
    );
  });
});

function count(series: SeriesStorage, path: string, amount: number): void {
  const { cells, index } = series.allocate([path]);
  cells[index]! += amount;
}

type Step = readonly ['declare' | 'allocate' | 'release' | 'read', number];

const STEP: fc.Arbitrary<Step> = fc.tuple(
  fc.constantFrom('declare', 'allocate', 'allocate', 'release', 'read'),
  fc.nat({ max: 1000 }),
);

/** What a program did: its declarations, and what it counts. */
interface Model {
  readonly declared: { readonly family: StoredFamily; readonly record: FamilyRecord }[];
  readonly living: { readonly place: Cells; readonly shown: string }[];
}

function run(steps: readonly Step[]): void {
  const identity = { ...currentIdentity(), id: newId(), startTime: 0, locked: false };
  const writer = new SegmentWriter(new HeapSpace(), identity);
  const incremental = new SegmentContents('x');
  const model: Model = { declared: [], living: [] };
  const names = ['requests', 'other'];
  for (const [i, [what, pick]] of steps.entries()) {
    if (what === 'declare') {
      const name = names[pick % names.length]!;
      const family = { ...VERSIONS[pick % VERSIONS.length]!, name };
      model.declared.push({ family, record: writer.declare(family, i + 1) });
    }
    if (what === 'allocate') allocate(writer, model, pick, i + 1);
    if (what === 'release') {
      const [released] = model.living.splice(pick % Math.max(1, model.living.length), 1);
      if (released !== undefined) equal(writer.release(released.place), true);
    }
    if (what === 'read') compare(writer, incremental, model);
  }
  compare(writer, incremental, model);
  compare(writer, new SegmentContents('x'), model);
}

function allocate(
  writer: SegmentWriter,
  { declared, living }: Model,
  pick: number,
  value: number,
): void {
  const one = declared[pick % declared.length];
  if (one === undefined) return;
  const values = one.family.labelNames.map((_, i) => `${pick}${i}`);
  const place = writer.allocate(one.record, values, undefined);
  place.cells[place.index] = value;
  living.push({ place, shown: JSON.stringify([one.family, values, value]) });
}

function compare(writer: SegmentWriter, contents: SegmentContents, model: Model): void {
  contents.reserve(writer.published);
  writer.copyTo(contents.bytes);
  for (const _ of contents.parse(HEADER_BYTES, writer.published, writer.epoch));
  const shown = contents.families.flatMap(({ family, series }) =>
    series.map(({ labelValues, index }) =>
      JSON.stringify([family, labelValues, contents.values[index]]),
    ),
  );
  deepEqual(shown.sort(), model.living.map((one) => one.shown).sort());
  const newest = new Map(model.declared.map(({ family }) => [family.name, family]));
  const last = new Map(contents.families.map(({ family }) => [family.name, family]));
  deepEqual(
    [...last].sort(([a], [b]) => (a < b ? -1 : 1)),
    [...newest].sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

describe('A family that is withdrawn', () => {
  it('is shown no more, and hides nobody', async (context) => {
    const directory = temporaryFolder(context);
    for (const mapper of ['koffi', 'write-behind'] as const) {
      const storage = open(context, { directory, mapper });
      const sidecar = open(context, { directory, mapper, readOnly: true });
      const series = storage.declare(REQUESTS);
      series.release(series.allocate(['GET']));
      series.withdraw?.();
      for (const reader of [storage, sidecar]) deepEqual(await reader.collect(), []);
      const anew = storage.declare({ ...CONNECTIONS, name: REQUESTS.name });
      const place = anew.allocate([]);
      place.cells[place.index] = 7;
      for (const reader of [storage, sidecar]) {
        const [family] = await reader.collect();
        deepEqual([family?.name, family?.type], [REQUESTS.name, 'gauge'], mapper);
      }
      anew.release(place);
      anew.withdraw?.();
      storage.close();
    }
  });

  it('leaves a later declaration of its name alone', async (context) => {
    const storage = open(context, { directory: temporaryFolder(context), mapper: 'koffi' });
    const first = storage.declare(PLAIN);
    first.release(first.allocate([]));
    const second = storage.declare({ ...PLAIN, help: 'Again.' });
    second.allocate([]);
    first.withdraw?.();
    deepEqual(
      (await storage.collect()).map(({ help }) => help),
      ['Again.'],
    );
  });
});
