/**
 * The messages of a room that are loaded, as an immutable run in the order of seq. It grows at both ends and changes one
 * message without copying the others: a tree of small blocks, of which only those on the way to the change are made anew.
 */
import type { AnyMessage } from "@/lib/protocol";

const BITS = 5;
const MASK = (1 << BITS) - 1;
const LEVELS = 5;
// Room for sixteen million messages in each direction.
const MIDDLE = 1 << (BITS * LEVELS - 1);

type Block = (Block | AnyMessage | undefined)[];

export class MessageRun {
  private constructor(
    private readonly root: Block,
    private readonly first: number,
    readonly length: number,
    /** The seq of each id. It never changes, so runs that came out of each other share it. */
    private readonly seqs: Map<string, number>,
  ) {}

  /** Make a run of messages that are in the order of seq. */
  static of(messages: readonly AnyMessage[]): MessageRun {
    return new MessageRun([], MIDDLE, 0, new Map()).append(messages);
  }

  /** Return the message at the place; -1 is the last. */
  at(place: number): AnyMessage | undefined {
    const wanted = place < 0 ? this.length + place : place;
    if (wanted < 0 || wanted >= this.length) return undefined;
    let block = this.root;
    for (let level = LEVELS - 1; level > 0; level -= 1) block = block[slot(this.first + wanted, level)] as Block;
    return block[slot(this.first + wanted, 0)] as AnyMessage;
  }

  /** Return the place of the first message at `seq` or behind it; the length if there is none. */
  placeOf(seq: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.at(middle)?.seq ?? 0) < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Return the place of a message; -1 where it is not loaded. */
  placeOfId(id: string): number {
    const seq = this.seqs.get(id);
    if (seq === undefined) return -1;
    const place = this.placeOf(seq);
    return this.at(place)?.id === id ? place : -1;
  }

  byId(id: string): AnyMessage | undefined {
    const place = this.placeOfId(id);
    return place < 0 ? undefined : this.at(place);
  }

  /** Return the messages from one place up to another as an array; a negative `from` counts from the end. */
  slice(from = 0, to = this.length): AnyMessage[] {
    const end = Math.min(to, this.length);
    const found: AnyMessage[] = [];
    let place = Math.max(0, from < 0 ? this.length + from : from);
    for (; place < end; place += 1) found.push(this.at(place) as AnyMessage);
    return found;
  }

  append(messages: readonly AnyMessage[]): MessageRun {
    let { root, length } = this;
    for (const message of messages) {
      root = put(root, this.first + length, message, LEVELS - 1);
      length += 1;
    }
    return this.grown(root, this.first, length, messages);
  }

  prepend(messages: readonly AnyMessage[]): MessageRun {
    let { root, first } = this;
    for (const message of messages.toReversed()) {
      first -= 1;
      root = put(root, first, message, LEVELS - 1);
    }
    return this.grown(root, first, this.length + messages.length, messages);
  }

  /** Put another message in the place of the one there. */
  with(place: number, message: AnyMessage): MessageRun {
    const root = put(this.root, this.first + place, message, LEVELS - 1);
    return new MessageRun(root, this.first, this.length, this.seqs);
  }

  /** Keep only the messages from one place up to another, and forget the others. */
  cut(from: number, to: number): MessageRun {
    return MessageRun.of(this.slice(from, to));
  }

  private grown(root: Block, first: number, length: number, messages: readonly AnyMessage[]): MessageRun {
    for (const { id, seq } of messages) this.seqs.set(id, seq);
    return new MessageRun(root, first, length, this.seqs);
  }
}

function put(block: Block | undefined, key: number, message: AnyMessage, level: number): Block {
  const copy = block ? block.slice() : [];
  const index = slot(key, level);
  copy[index] = level === 0 ? message : put(copy[index] as Block | undefined, key, message, level - 1);
  return copy;
}

function slot(key: number, level: number): number {
  return (key >> (level * BITS)) & MASK;
}
