import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as api from "@/lib/api";
import { BOB, created, ME, message, room } from "@/testing/events";
import { MessageRun } from "./message-run";
import { putTimeline, resetChat } from "./store";
import { noteFollowing } from "./thread-follows";
import { foldThreadNews, readThreadNews, useThreadNews, useThreadsWithNews } from "./thread-news";
import { noteThreadsRead } from "./thread-reads";
import { startTimeline } from "./timeline";

const ROOT = "message-1";
let listed: object[] = [];
let asked = 0;
/** Holds an answer back, made when it was asked for. */
let beforeAnswer: () => Promise<void> = async () => {};

const news = (root: string, n: number, unread: number) => ({
  room_id: "room",
  root: { ...message(1), id: root },
  last: message(n, { thread: root }),
  replies: n,
  unread,
});
const reply = (seq: number, changes: Parameters<typeof message>[1] = {}) => created(seq, { thread: ROOT, ...changes });
const come = (event: ReturnType<typeof created>) => act(() => foldThreadNews(event, ME));
const pass = (milliseconds: number) => act(() => vi.advanceTimersByTimeAsync(milliseconds));

function look() {
  const { result } = renderHook(() => [useThreadNews(ROOT), useThreadsWithNews()]);
  return () => result.current;
}

beforeEach(() => {
  vi.useFakeTimers();
  listed = [];
  asked = 0;
  beforeAnswer = async () => {};
  resetChat("");
  resetChat(ME);
  vi.spyOn(api, "call").mockImplementation(async () => {
    asked += 1;
    const answer = { items: listed, next: null, prev: null };
    await beforeAnswer();
    return answer as never;
  });
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("the server's list says what is new, and reading a thread takes it away", async () => {
  listed = [news(ROOT, 5, 2), news("other", 4, 1)];
  const shown = look();
  await act(readThreadNews);
  expect(shown()).toEqual([2, 2]);
  act(() => noteThreadsRead({ [ROOT]: 4 }));
  expect(shown()).toEqual([2, 2]);
  act(() => noteThreadsRead({ [ROOT]: 5 }));
  expect(shown()).toEqual([0, 1]);
});

test("a reply in a thread that one follows counts at once, one's own says that the others are read", () => {
  noteFollowing({ [ROOT]: true });
  const shown = look();
  come(reply(2));
  come(reply(3));
  expect(shown()).toEqual([2, 1]);
  act(() => noteThreadsRead({ [ROOT]: 3 }));
  come(reply(4));
  expect(shown()).toEqual([1, 1]);
  come(reply(5, { sender: ME }));
  expect(shown()).toEqual([0, 0]);
  expect(asked).toBe(0);
});

test("a thread that one does not follow has no news, also once one stops to follow it", () => {
  noteFollowing({ [ROOT]: false });
  const shown = look();
  come(reply(2));
  expect(shown()).toEqual([0, 0]);
  act(() => noteFollowing({ [ROOT]: true }));
  come(reply(3));
  expect(shown()).toEqual([1, 1]);
  act(() => noteFollowing({ [ROOT]: false }));
  expect(shown()).toEqual([0, 0]);
});

test.each([
  ["who began the thread", ME, {}],
  ["who is named in the reply", BOB, { mentions: { users: [ME], all: false, here: false } }],
])("%s asks soon whether it is news", async (_, sender, changes) => {
  putTimeline("room", { ...startTimeline(room()), messages: MessageRun.of([message(1, { sender })]) });
  listed = [news(ROOT, 2, 1)];
  const shown = look();
  come(reply(2, changes));
  expect(shown()).toEqual([0, 0]);
  await pass(1_000);
  expect(shown()).toEqual([1, 1]);
});

test.each([
  [0, 30_000],
  [0.5, 60_000],
  [1, 90_000],
])("many replies in unknown threads make one question, at a moment of each client's own: %s", async (chance, due) => {
  vi.spyOn(Math, "random").mockReturnValueOnce(chance).mockReturnValue(1);
  for (let seq = 2; seq < 50; seq += 1) come(reply(seq, { thread: `root-${seq}` }));
  await pass(due - 1);
  expect(asked).toBe(0);
  await pass(1);
  expect(asked).toBe(1);
  await pass(600_000);
  expect(asked).toBe(1);
});

test("what comes while the list is on its way is not lost", async () => {
  noteFollowing({ [ROOT]: true });
  let answer = () => {};
  beforeAnswer = () => new Promise((resolve) => (answer = resolve));
  const shown = look();
  const reading = readThreadNews();
  come(reply(2));
  answer();
  await act(() => reading);
  expect(shown()).toEqual([1, 1]);
});

test("the news of one person are not shown to the next", async () => {
  listed = [news(ROOT, 5, 2)];
  await readThreadNews();
  const shown = look();
  expect(shown()).toEqual([2, 1]);
  act(() => resetChat("somebody"));
  expect(shown()).toEqual([0, 0]);
});
