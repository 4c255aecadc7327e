import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as api from "@/lib/api";
import { created, ME, message, room } from "@/testing/events";
import { useFollowed } from "./followed";
import { changeTimeline, putTimeline, resetChat, setLink } from "./store";
import { receive, startTimeline } from "./timeline";

/** The threads that the server lists, two a page, and what it was asked for. */
let threads: string[] = [];
let asked: string[] = [];
let beforeAnswer: () => Promise<void> = async () => {};
let seq = 0;

beforeEach(() => {
  vi.useFakeTimers();
  threads = ["a", "b", "c"];
  asked = [];
  beforeAnswer = async () => {};
  seq = 0;
  resetChat("");
  resetChat(ME);
  putTimeline("room", startTimeline(room()));
  setLink("online");
  vi.spyOn(api, "call").mockImplementation(async (_, path) => {
    const query = new URLSearchParams(path.split("?")[1]);
    asked.push(query.get("unread") ? "unread" : "all");
    const from = Number(query.get("cursor") ?? 0);
    const items = threads
      .slice(from, from + 2)
      .map((id) => ({ room_id: "room", root: message(1, { id }), last: null, replies: 1, unread: 0 }));
    await beforeAnswer();
    return { items, next: from + 2 < threads.length ? String(from + 2) : null } as never;
  });
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const pass = (milliseconds: number) => act(async () => void (await vi.advanceTimersByTimeAsync(milliseconds)));
const write = () =>
  act(async () => {
    seq += 1;
    changeTimeline("room", (timeline) => receive(timeline, created(seq), ME));
  });

function show() {
  const { result, rerender, unmount } = renderHook(({ unread }) => useFollowed(unread), {
    initialProps: { unread: false },
  });
  return { ids: () => result.current.items?.map(({ root }) => root.id), result, rerender, unmount };
}

test("the list is read at once, then after a pause however much is written", async () => {
  const { ids } = show();
  await pass(0);
  expect([ids(), asked.length]).toEqual([["a", "b"], 1]);
  for (let second = 0; second < 3; second += 1) {
    await write();
    await pass(900);
  }
  expect(asked.length).toBe(1);
  await pass(400);
  expect(asked.length).toBe(2);
  await pass(60_000);
  expect(asked.length).toBe(2);
});

test("messages that never cease put no reading off", async () => {
  show();
  await pass(4_000);
  for (let count = 0; count < 10; count += 1) {
    await write();
    await pass(100);
  }
  expect(asked.length).toBe(2);
});

test("a slow first answer is waited for, not asked for with each message", async () => {
  let answer = () => {};
  beforeAnswer = () =>
    new Promise((resolve) => {
      answer = resolve;
    });
  const { ids } = show();
  await pass(0);
  for (let count = 0; count < 5; count += 1) {
    await write();
    await pass(100);
  }
  expect(asked.length).toBe(1);
  await act(async () => answer());
  expect(ids()).toEqual(["a", "b"]);
});

test("what was opened page by page is read anew as far, each thread once", async () => {
  threads = ["a", "b", "c", "d", "e"];
  const { ids, result } = show();
  await pass(0);
  threads = ["e", "a", "b", "c", "d"];
  await act(async () => result.current.more());
  expect(ids()).toEqual(["a", "b", "c"]);
  await write();
  await pass(4_000);
  expect(ids()).toEqual(["e", "a", "b", "c"]);
});

test("an answer for the other list does not take the place of this one, which one has gone back to", async () => {
  const { ids, rerender } = show();
  await pass(0);
  const answers: (() => void)[] = [];
  beforeAnswer = () => new Promise((resolve) => answers.push(resolve));
  rerender({ unread: true });
  await pass(0);
  rerender({ unread: false });
  await pass(0);
  await act(async () => answers.shift()?.());
  expect(ids()).toEqual(["a", "b"]);
});

test("the other list is read at once, and an answer for this one does not stand in it", async () => {
  const { ids, rerender } = show();
  const answers: (() => void)[] = [];
  beforeAnswer = () => new Promise((resolve) => answers.push(resolve));
  await pass(0);
  rerender({ unread: true });
  await pass(0);
  expect(asked).toEqual(["all", "unread"]);
  await act(async () => answers.shift()?.());
  expect(ids()).toBeUndefined();
  await act(async () => answers.shift()?.());
  expect(ids()).toEqual(["a", "b"]);
});
