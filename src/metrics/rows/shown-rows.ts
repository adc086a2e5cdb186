/**
 * The walk through a labelled metric's numbers: by the tree of its children or, once that stays as it
 * is, by rows that the last walk through the tree recorded.
 *
 * Recorded is a tree that two scrapes in a row found as it was, so that a metric whose children come and
 * go pays nothing. Rows take as many bytes a series as the label values that change with it, and one or
 * two more; the scrape after a child came or went lets go of them.
 */

import type { FamilyWriter, Walk } from '../../model/family.ts';
import type { LabelTree } from '../../model/label-tree.ts';
import {
  type NumberLayout,
  type NumberRows,
  ROW_SLACK,
  RowCursor,
  type RowWriter,
} from '../../model/number-rows.ts';
import { type NumberPlace, RowRecorder } from './row-recorder.ts';

/** A metric with fewer children is written fast enough without, and not worth the rows. */
const FEWEST = 256;

/** A writer that takes rows of the family that it has begun. */
type ReadyWriter = RowWriter & { readonly numberRows: (cursor: RowCursor) => void };

/** True of such a writer. */
export function canTakeRows(writer: FamilyWriter): writer is ReadyWriter {
  return (writer as Partial<RowWriter>).numberRows !== undefined;
}

/** Where a type of which each child has one number keeps them. */
export interface NumberKind<Child> {
  readonly layout: NumberLayout;
  place(child: Child): NumberPlace;
}

/** What a metric's numbers are shown by. */
export class ShownRows<Child> {
  readonly #tree: LabelTree<Child>;
  readonly #depth: number;
  readonly #kind: NumberKind<Child>;
  readonly #write: (child: Child, writer: FamilyWriter) => void;
  /** Nothing before they are recorded, and where they cannot be. */
  #rows: NumberRows | undefined;
  /** How often the tree had changed at the last walk, and when rows were recorded or found impossible. */
  #walkedAt = -1;
  #recordedAt = -1;
  /** Walks that are under way. */
  readonly #walks = new Set<RowWalk>();

  constructor(
    tree: LabelTree<Child>,
    depth: number,
    kind: NumberKind<Child>,
    write: (child: Child, writer: FamilyWriter) => void,
  ) {
    this.#tree = tree;
    this.#depth = depth;
    this.#kind = kind;
    this.#write = write;
  }

  /** Begins a walk. */
  walk(writer: ReadyWriter): Walk {
    const { changes, size } = this.#tree;
    const isStable = changes === this.#walkedAt;
    this.#walkedAt = changes;
    if (changes !== this.#recordedAt) {
      this.#rows = undefined;
      if (isStable && size >= FEWEST) return this.#record(writer, changes);
    }
    if (this.#rows === undefined) return this.#tree.walk(writer, this.#write);
    const walk = new RowWalk(this.#rows, writer, this.#walks);
    this.#walks.add(walk);
    return walk;
  }

  /** Tells of a child that goes, before its number's place is given to another one. */
  drop(child: Child): void {
    if (this.#walks.size === 0) return;
    const place = this.#kind.place(child);
    for (const walk of this.#walks) walk.drop(place);
  }

  #record(writer: FamilyWriter, changes: number): Walk {
    const recorder = new RowRecorder(writer, this.#depth, this.#kind.layout);
    const walk = this.#tree.walk(recorder, (child) => {
      this.#write(child, writer);
      recorder.number(this.#kind.place(child));
    });
    let isEnd = false;
    return {
      advance: () => {
        if (isEnd) return true;
        isEnd = walk.advance();
        if (isEnd) {
          // Of a tree that changed meanwhile, these are rows that no walk will take.
          this.#rows = recorder.finish();
          this.#recordedAt = changes;
        }
        return isEnd;
      },
      close: () => walk.close(),
    };
  }
}

/** The walk that ended last, emptied: V8 forgets what objects look like of which none is left. */
const kept: { walk: RowWalk | undefined; cursor: RowCursor | undefined } = {
  walk: undefined,
  cursor: undefined,
};

/** Rows of nothing, for a cursor that is kept. */
function noRows(): NumberRows {
  return {
    depth: 1,
    pages: [new DataView(new ArrayBuffer(ROW_SLACK))],
    numbers: [],
    stride: 8,
    isPacked: false,
    hasStartTime: false,
  };
}

/** A walk through rows. */
class RowWalk implements Walk {
  #cursor: RowCursor;
  #writer: ReadyWriter;
  #walks: Set<RowWalk>;

  constructor(rows: NumberRows, writer: ReadyWriter, walks: Set<RowWalk>) {
    this.#cursor = new RowCursor(rows);
    this.#writer = writer;
    this.#walks = walks;
  }

  advance(): boolean {
    if (this.#cursor === undefined) return true;
    this.#writer.numberRows(this.#cursor);
    if (!this.#cursor.isAtEnd) return false;
    this.close();
    return true;
  }

  close(): void {
    if (this.#cursor === undefined) return;
    this.#walks.delete(this);
    const nothing = undefined as never;
    this.#cursor = nothing;
    this.#writer = nothing;
    this.#walks = nothing;
    kept.walk = this;
    kept.cursor ??= new RowCursor(noRows());
  }

  /** Leaves out the series whose number lies there from now on. */
  drop({ buffer, offset }: NumberPlace): void {
    const { numbers } = this.#cursor.rows;
    const page = numbers.find(({ view }) => view.buffer === buffer);
    if (page !== undefined) this.#cursor.drop(page, offset);
  }
}
