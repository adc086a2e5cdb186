/** Labels of metrics and of exemplars as protobuf: `LabelPair` messages, one after the other. */

import type { Pair, Pairs } from '../../model/labels.ts';
import { ProtobufBytes } from './protobuf-bytes.ts';

/** `label` of `Metric` and of `Exemplar`. */
const LABEL = 0x0a;
/** `name` and `value` of `LabelPair`. */
const NAME = 0x0a;
const VALUE = 0x12;

/** The bytes of a name or value whose length takes one byte, and of a pair's whose does. */
const SHORT = 127;

const pairBytes = /* @__PURE__ */ new ProtobufBytes(256);

/** Writes a label. */
export function writeLabel(out: ProtobufBytes, [name, value]: Pair): void {
  pairBytes.length = 0;
  pairBytes.text(NAME, name);
  pairBytes.text(VALUE, value);
  out.message(LABEL, pairBytes);
}

/**
 * The labels of the metric at hand. One that changes is written anew, with those before it left as
 * they are, and each metric copies them.
 */
export class ProtobufLabels {
  /** The labels, as they stand in a metric. */
  readonly bytes: ProtobufBytes = new ProtobufBytes(512);
  /**
   * True where copying 8 bytes at once as float64 is exact, since none are a NaN: those end in F0 or
   * more and 7F or FF when read little-endian. UTF-8 never holds that, and lengths of one byte stand
   * behind a tag; longer ones may be FF 7F.
   */
  plain = true;
  /** The names, each as it stands in a pair, up to the length of the value. */
  keys: readonly ProtobufBytes[] = [];
  /** Where the constant labels end. */
  constantEnd = 0;
  /** Where the label at each depth ends. */
  readonly #ends: number[] = [];
  /** How many characters its value has, which end there as so many bytes; -1 where they are no ASCII. */
  readonly #lengths: number[] = [];
  /** How many labels have a value. */
  #known = 0;
  #names: readonly string[] = [];

  /** Begins a family; names as they are to be written. */
  begin(constantLabels: Pairs, names: readonly string[]): void {
    this.bytes.length = 0;
    this.#known = 0;
    if (!this.plain) this.bytes.bytes.fill(0);
    this.plain = true;
    for (const pair of constantLabels) this.add(pair);
    this.constantEnd = this.bytes.length;
    this.#names = names;
    this.keys = names.map((name) => {
      const key = new ProtobufBytes(32);
      key.text(NAME, name);
      key.byte(VALUE);
      if (key.length > SHORT) this.plain = false;
      return key;
    });
  }

  /** Writes one more label, for as long as the length of {@linkcode bytes} is left as it is. */
  add(pair: Pair): void {
    const { length } = this.bytes;
    writeLabel(this.bytes, pair);
    if (this.bytes.length - length > SHORT) this.plain = false;
  }

  /** Gives the label at `depth` a value and forgets those deeper than it. */
  label(depth: number, value: string): void {
    const known = depth < this.#known;
    this.#known = depth + 1;
    // Most values are as long as the one before: all else is there.
    if (known && value.length === this.#lengths[depth]) {
      if (this.bytes.replaceEnd(this.#ends[depth]!, value)) return;
    }
    this.#write(depth, value, known && this.#lengths[depth]! >= 0);
  }

  #write(depth: number, value: string, kept: boolean): void {
    const { bytes } = this;
    const start = depth === 0 ? this.constantEnd : this.#ends[depth - 1]!;
    const key = this.keys[depth]!;
    const isShort = key.length + 1 + value.length <= SHORT;
    const atPlace = isShort && bytes.keyed(start, LABEL, key, kept, value);
    if (!atPlace) {
      bytes.length = start;
      this.add([this.#names[depth]!, value]);
    }
    this.#lengths[depth] = atPlace ? value.length : -1;
    this.#ends[depth] = bytes.length;
  }
}
