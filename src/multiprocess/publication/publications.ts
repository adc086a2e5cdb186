/** Of what the processes published, what a scrape shows: for each family the newest answer of the living. */

import type { Contribution } from '../../aggregate/contribution.ts';
import type { FamilyWriter, MetricFamily, Walk } from '../../model/family.ts';
import { HeadedFamily } from '../../model/headed-family.ts';
import type { Publication, PublishedFamily } from '../../storage/publication.ts';
import { PUBLICATION_KIND } from './own-publications.ts';
import { fromBytes, type PublishedAnswer } from './publication-text.ts';

/** An answer, and whose it is. */
interface Candidate extends PublishedAnswer {
  readonly id: string;
}

/** Reads publications scrape after scrape, each of them once. */
export class Publications {
  readonly #read = new WeakMap<Uint8Array, PublishedAnswer | undefined>();

  /** The families to be shown, newest first, at the time `now` of the host's clock, in seconds. */
  newest(contributions: readonly Contribution[], now: number): PublishedFamily[] {
    const candidates: Candidate[] = [];
    for (const { id, alive, blocks = [] } of contributions) {
      for (const { kind, content } of alive ? blocks : []) {
        if (kind !== PUBLICATION_KIND || content === undefined) continue;
        const answer = this.#answer(content);
        if (answer !== undefined) candidates.push({ ...answer, id });
      }
    }
    candidates.sort(newestFirst);
    const families = new Map<string, PublishedFamily>();
    for (const { collector, answeredAt, families: answered } of candidates) {
      const publication = { collector, ageSeconds: Math.max(0, now - answeredAt) };
      for (const family of answered) {
        if (families.has(family.name)) continue;
        families.set(family.name, new FamilyOfAnother(family, publication));
      }
    }
    return [...families.values()];
  }

  #answer(content: Uint8Array): PublishedAnswer | undefined {
    if (this.#read.has(content)) return this.#read.get(content);
    const answer = fromBytes(content);
    this.#read.set(content, answer);
    return answer;
  }
}

function newestFirst(one: Candidate, other: Candidate): number {
  if (one.answeredAt !== other.answeredAt) return other.answeredAt - one.answeredAt;
  return one.id < other.id ? -1 : 1;
}

/** The family with where it is from, which is another age at each scrape. */
class FamilyOfAnother extends HeadedFamily implements PublishedFamily {
  readonly publication: Publication;
  readonly #family: MetricFamily;

  constructor(family: MetricFamily, publication: Publication) {
    super(family);
    this.publication = publication;
    this.#family = family;
  }

  walk(writer: FamilyWriter): Walk {
    return this.#family.walk(writer);
  }
}
