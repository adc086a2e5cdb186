/**
 * What was written before the machine started last. The clock that processes stamp their writes with
 * began anew then, so that of two times the greater one is the later one within one run of the
 * machine alone. Here times of earlier runs become times of this one, before all that it has itself.
 */

import type {
  ContributedBlock,
  ContributedFamily,
  Contribution,
} from '../../aggregate/contribution.ts';
import { cellCount, isStamped } from '../../model/cells.ts';
import { REMOVAL_KIND, removalContent } from '../segment/removals.ts';
import type { ReadHeader } from '../segment/segment.ts';
import { NO_BOOT_ID } from '../system/process-identity.ts';
import type { Archive } from './archive-part.ts';

/**
 * What a time is multiplied by for each start of the machine since. Exact, and small enough that
 * the end of a run that lasted for ages comes before the first tick of the next one.
 */
const SCALE: number = 2 ** -64;

/** What nothing is smaller than: merging takes the smallest number of all for a write that never was. */
const LEAST: number = 2 * Number.MIN_VALUE;

/** More seconds than any wall clock shows: what began in an earlier run did so before all of this one. */
const LONG_AGO = 1e12;

/** Which run of the machine this is, and its clock. */
export interface MachineRunsOptions {
  /** The run's own id; {@linkcode NO_BOOT_ID} where nobody says, and where all is taken for one run. */
  readonly bootId: string;
  /** The host's clock, in seconds. */
  readonly clock: () => number;
}

/** Knows which runs there were, as far as there are files of them. */
export class MachineRuns {
  readonly #bootId: string;
  /** Fixed, so that what was once said of a process is not said differently later. */
  readonly #unixOffset: number;
  /** How many starts of the machine lie between a run and this one. */
  #earlier: ReadonlyMap<string, number> = new Map();
  readonly #translated = new WeakMap<Contribution, { scale: number; result: Contribution }>();
  readonly #archives = new WeakMap<Archive, { scale: number; result: Archive }>();

  /** Knows of this run alone. */
  constructor({ bootId, clock }: MachineRunsOptions) {
    this.#bootId = bootId;
    this.#unixOffset = Date.now() / 1000 - clock();
  }

  /** True of an id that is known, and not of this run. */
  isEarlier(bootId: string): boolean {
    return bootId !== this.#bootId && bootId !== NO_BOOT_ID && this.#bootId !== NO_BOOT_ID;
  }

  /**
   * Takes note of the runs that something was read of, by when each process began in them: see
   * {@linkcode MachineRuns.begun}. Between runs there is no clock but the wall's.
   */
  order(starts: readonly (readonly [bootId: string, begun: number])[]): void {
    const newest = new Map<string, number>();
    for (const [bootId, begun] of starts) {
      if (!this.isEarlier(bootId)) continue;
      newest.set(bootId, Math.max(begun, newest.get(bootId) ?? begun));
    }
    const runs = [...newest].sort(([, one], [, other]) => other - one);
    this.#earlier = new Map(runs.map(([bootId], i) => [bootId, i + 1]));
  }

  /**
   * When a writer began, in seconds of the host's clock, by which the newest declaration is told: not
   * by the wall clock, which may have been set back between two. In an earlier run, a negative number.
   */
  begun({ bootId, begun, startTime }: Pick<ReadHeader, 'bootId' | 'begun' | 'startTime'>): number {
    if (this.isEarlier(bootId)) return startTime - LONG_AGO;
    if (begun !== 0 && bootId === this.#bootId && bootId !== NO_BOOT_ID) return begun;
    return startTime - this.#unixOffset;
  }

  /** The wall clock's time at a time of the host's clock, as far as the wall clock was right. */
  unix(seconds: number): number {
    return seconds + this.#unixOffset;
  }

  /** A time of the run `bootId` as one of this run. */
  time(seconds: number, bootId: string): number {
    return scaled(seconds, this.#scale(bootId));
  }

  /** A contribution of the run `bootId` with times of this run: itself where it is of this run. */
  contribution(contribution: Contribution, bootId: string): Contribution {
    if (!this.isEarlier(bootId)) return contribution;
    return this.#contribution(contribution, this.#scale(bootId));
  }

  /** An archive with times of this run: itself where it was made in this run. */
  archive(archive: Archive): Archive {
    if (!this.isEarlier(archive.bootId)) return archive;
    const scale = this.#scale(archive.bootId);
    const known = this.#archives.get(archive);
    if (known?.scale === scale) return known.result;
    const parts = archive.parts.map((part) => {
      const { process } = part;
      const contribution = this.#contribution(part.contribution, scale);
      if (process === undefined) return { ...part, contribution };
      const endedAt = scaled(process.endedAt, scale);
      return { ...part, contribution, process: { ...process, endedAt } };
    });
    const result = { ...archive, parts, foldedAt: scaled(archive.foldedAt, scale) };
    this.#archives.set(archive, { scale, result });
    return result;
  }

  #contribution(contribution: Contribution, scale: number): Contribution {
    const known = this.#translated.get(contribution);
    if (known?.scale === scale) return known.result;
    const values = contribution.values.slice();
    for (const family of contribution.families) scaleStamps(family, values, scale);
    const blocks = (contribution.blocks ?? []).map((block) => scaleRemoval(block, scale));
    const result = { ...contribution, values, blocks };
    this.#translated.set(contribution, { scale, result });
    return result;
  }

  #scale(bootId: string): number {
    return this.isEarlier(bootId) ? SCALE ** (this.#earlier.get(bootId) ?? 1) : 1;
  }
}

/** Keeps the order of all times, and which are none: 0, and those before all. */
function scaled(seconds: number, scale: number): number {
  return seconds > 0 && scale !== 1 ? Math.max(LEAST, seconds * scale) : seconds;
}

function scaleStamps(
  { family, series }: ContributedFamily,
  values: Float64Array,
  scale: number,
): void {
  if (!isStamped(family)) return;
  const last = cellCount(family) - 1;
  for (const { index } of series) values[index + last] = scaled(values[index + last]!, scale);
}

function scaleRemoval(block: ContributedBlock, scale: number): ContributedBlock {
  const { kind, content } = block;
  if (kind !== REMOVAL_KIND || content?.length !== 8) return block;
  const [at] = new Float64Array(content.slice().buffer);
  return { ...block, content: removalContent(scaled(at!, scale)) };
}
