import { expect, test } from "vitest";
import { message } from "@/testing/events";
import { MessageRun } from "./message-run";

const seqs = (run: MessageRun) => run.slice().map(({ seq }) => seq);
const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index);
const messages = (first: number, last: number) => range(first, last).map((seq) => message(seq));

test("a run grows at both ends, and the one before stays as it was", () => {
  const middle = MessageRun.of(messages(100, 140));
  const grown = middle.prepend(messages(1, 99)).append(messages(141, 300));
  expect(seqs(grown)).toEqual(range(1, 300));
  expect(seqs(middle)).toEqual(range(100, 140));
  expect([grown.at(0)?.seq, grown.at(-1)?.seq, grown.at(300), grown.at(-301)]).toEqual([1, 300, undefined, undefined]);
});

test("a message is changed alone", () => {
  const run = MessageRun.of(messages(1, 70));
  const changed = run.with(40, message(41, { text: "changed" }));
  expect(changed.at(40)).toMatchObject({ text: "changed" });
  expect(run.at(40)).toMatchObject({ text: "text 41" });
  expect(changed.slice(38, 43).map((one) => one === run.byId(one.id))).toEqual([true, true, false, true, true]);
});

test("messages are found by seq and by id, and what was cut off is not", () => {
  const run = MessageRun.of(range(1, 50).map((number) => message(number * 2)));
  expect([0, 2, 3, 100, 101].map((seq) => run.placeOf(seq))).toEqual([0, 0, 1, 49, 50]);
  expect(run.byId("message-40")?.seq).toBe(40);
  expect(run.byId("message-41")).toBeUndefined();
  const cut = run.cut(10, 20);
  expect(seqs(cut)).toEqual(range(11, 20).map((number) => number * 2));
  expect(cut.placeOfId("message-2")).toBe(-1);
});

test("to add one to fifty thousand makes no copy of them", () => {
  const blocks = (run: MessageRun) => {
    const found = new Set<unknown>();
    const walk = (block: unknown) => {
      if (!Array.isArray(block) || found.has(block)) return;
      found.add(block);
      block.forEach(walk);
    };
    walk((run as unknown as { root: unknown }).root);
    return found;
  };
  const before = MessageRun.of(messages(1, 50_000));
  const known = blocks(before);
  const after = before.append(messages(50_001, 50_001)).with(25_000, message(25_001, { text: "changed" }));
  const fresh = [...blocks(after)].filter((block) => !known.has(block));
  expect(after.length).toBe(50_001);
  expect(fresh.length).toBeLessThanOrEqual(10);
});
