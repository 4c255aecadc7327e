import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as api from "@/lib/api";
import { loadMore, refreshInbox, setDone, shownOf, useInbox } from "./inbox";
import { readInbox } from "./inbox-answer";
import { resetChat } from "./store";

type Told = Record<string, unknown>;
const told = (seq: number, changes: Told = {}): Told => ({
  kind: "mention",
  room_id: "room",
  seq,
  at: "2026-11-28T09:00:00.000Z",
  message: { id: `message-${seq}`, sender: "bob", text: "hello", at: "2026-11-28T09:00:00.000Z", deleted: false },
  why: "mention",
  ...changes,
});

/** What the server has. */
let mentions: Told[] = [];
let beforeAnswer: () => Promise<void> = async () => {};
let refused = false;

beforeEach(() => {
  resetChat("");
  resetChat("me");
  mentions = [told(3), told(2), told(1)];
  beforeAnswer = async () => {};
  refused = false;
  vi.spyOn(api, "call").mockImplementation(async (_, path, body) => {
    if (refused) throw new api.ApiError({ code: "unavailable", message: "", retryable: true });
    if (path === "/api/inbox/done") {
      const { items } = body as { items: { kind: string; seq: number }[] };
      const done = items.flatMap(({ kind, seq }) => (kind === "mention" ? [seq] : []));
      mentions = mentions.filter(({ seq }) => !done.includes(seq as number));
      return {} as never;
    }
    const query = new URLSearchParams(path.split("?")[1]);
    const cursor = Number(query.get("cursor") ?? 0);
    const all = query.get("kind") === "mention" ? mentions : [];
    const page = { items: all.slice(cursor, cursor + 2), next: cursor + 2 < all.length ? String(cursor + 2) : null };
    await beforeAnswer();
    return page as never;
  });
});
afterEach(() => resetChat(""));

const seqs = () => shownOf(useInbox.getState(), "mention")?.map(({ seq }) => seq);
const first = () => useInbox.getState().lists.mention?.items[0] as never;

test("what is not understood is left out, and the rest stands", () => {
  const strange = [null, 4, told(1, { kind: "reminder" }), told(2, { seq: "2" }), told(3, { message: { id: 3 } })];
  const { items, next } = readInbox({ items: [...strange, told(5, { unread: 2 })], next: 7 });
  expect(items.map(({ seq, message, unread }) => [seq, message?.id, unread])).toEqual([
    [3, undefined, 0],
    [5, "message-5", 2],
  ]);
  expect(next).toBeNull();
  expect(readInbox("<html>")).toEqual({ items: [], next: null });
});

test("a page follows the other, and reading anew keeps as many", async () => {
  await refreshInbox();
  expect(seqs()).toEqual([3, 2]);
  await loadMore("mention");
  expect(seqs()).toEqual([3, 2, 1]);
  mentions = [told(4), ...mentions];
  await refreshInbox();
  expect(seqs()).toEqual([4, 3, 2, 1]);
});

test("what is done goes at once, and no answer from before brings it back", async () => {
  await refreshInbox();
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  beforeAnswer = () => gate;
  const reading = refreshInbox();
  const done = setDone([first()]);
  expect(seqs()).toEqual([2]);
  await done;
  beforeAnswer = async () => {};
  release();
  await reading;
  expect(seqs()).toEqual([2, 1]);
});

/** Hold back every answer from now on; the first call lets those go that were asked for, the next one the later ones. */
function holdAnswers(): () => void {
  let waiting: (() => void)[] = [];
  beforeAnswer = () => new Promise((resolve) => waiting.push(resolve));
  return () => {
    const before = waiting;
    waiting = [];
    for (const release of before) release();
  };
}

test("a page that was asked for before the list was read anew is not put behind it", async () => {
  await refreshInbox();
  const release = holdAnswers();
  const paging = loadMore("mention");
  beforeAnswer = async () => {};
  mentions = [told(3)];
  await refreshInbox();
  release();
  await paging;
  expect(seqs()).toEqual([3]);
});

test("what changes while the list is read is read in its turn", async () => {
  await refreshInbox();
  const release = holdAnswers();
  const reading = refreshInbox();
  mentions = [told(4), ...mentions];
  void refreshInbox();
  beforeAnswer = async () => {};
  release();
  await reading;
  await vi.waitFor(() => expect(seqs()?.[0]).toBe(4));
});

test("what the server refused comes back, with the reason", async () => {
  await refreshInbox();
  refused = true;
  await setDone([first()]);
  expect(seqs()).toEqual([3, 2]);
  expect(useInbox.getState().failure).not.toBeNull();
  refused = false;
  await refreshInbox();
  expect(useInbox.getState().failure).toBeNull();
});

test("another person finds nothing of it", async () => {
  await refreshInbox();
  resetChat("somebody else");
  expect(seqs()).toBeUndefined();
});
