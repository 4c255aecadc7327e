import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as api from "@/lib/api";
import { BOB, created, ME, type message, room } from "@/testing/events";
import { listen } from "./incoming";
import * as socket from "./socket";
import { putTimeline, resetChat, setLink } from "./store";
import { useThread } from "./thread";
import { doubtFollowing, followThread, useFollows } from "./thread-follows";
import { useThreadReads } from "./thread-reads";
import { startTimeline } from "./timeline";

const ROOT = "message-1";
const heard: Record<string, (payload: unknown) => void> = {};
listen({ on: (name: string, take: (payload: unknown) => void) => Object.assign(heard, { [name]: take }) } as never);

/** What the server says of the thread, and how often it was asked. */
let told = { followed: false, read_n: null as number | null };
let asked = 0;
/** Holds an answer back, made when it was asked for. */
let beforeAnswer: () => Promise<void> = async () => {};

beforeEach(() => {
  told = { followed: false, read_n: null };
  asked = 0;
  beforeAnswer = async () => {};
  resetChat("");
  resetChat(ME);
  putTimeline("room", startTimeline(room({ head: 1, n: 1 })));
  setLink("online");
  vi.spyOn(socket, "ask").mockResolvedValue({ ok: true } as never);
  vi.spyOn(api, "call").mockImplementation(async () => {
    asked += 1;
    const page = { ...told, items: [], next: null, prev: null, head: 1 };
    await beforeAnswer();
    return page as never;
  });
});
afterEach(cleanup);

async function open() {
  const { result } = renderHook(() => ({ follows: useFollows(ROOT), thread: useThread("room", ROOT) }));
  await act(async () => {});
  return () => result.current.follows;
}

const reply = (seq: number, changes: Parameters<typeof message>[1]) => created(seq, { thread: ROOT, ...changes });
const come = (event: object) => act(async () => heard.event?.(event));
const naming = (id: string) => ({ users: [id], all: false, here: false });

test.each([true, false])("whether one follows a thread is what the server says: %s", async (followed) => {
  const answers: (() => void)[] = [];
  beforeAnswer = () => new Promise((resolve) => answers.push(resolve));
  told = { followed, read_n: followed ? 4 : null };
  const follows = await open();
  expect(follows()).toBeNull();
  await act(async () => answers.shift()?.());
  expect(follows()).toBe(followed);
  expect(useThreadReads.getState()[ROOT]).toBe(followed ? 4 : undefined);
  expect(asked).toBe(1);
});

test("whoever replies follows from then on, and another's reply changes nothing", async () => {
  const follows = await open();
  await come(reply(2, { sender: BOB }));
  expect(follows()).toBe(false);
  await come(reply(3, { sender: ME }));
  expect(follows()).toBe(true);
  expect(asked).toBe(1);
});

test("who is named in it may follow from then on: the server is asked", async () => {
  const follows = await open();
  told = { followed: true, read_n: 1 };
  await come(reply(2, { mentions: naming(BOB) }));
  expect([follows(), asked]).toEqual([false, 1]);
  await come(reply(3, { mentions: naming(ME) }));
  expect([follows(), asked]).toEqual([true, 2]);
});

test("named again before the answer, one gets the newer one", async () => {
  const follows = await open();
  const answers: (() => void)[] = [];
  beforeAnswer = () => new Promise((resolve) => answers.push(resolve));
  await come(reply(2, { mentions: naming(ME) }));
  await come(reply(3, { mentions: naming(ME) }));
  told = { followed: true, read_n: 1 };
  await act(async () => answers.shift()?.());
  await act(async () => answers.shift()?.());
  expect(follows()).toBe(true);
});

test("what one chooses, here or on another device, goes before an answer from before it", async () => {
  const follows = await open();
  const answers: (() => void)[] = [];
  beforeAnswer = () => new Promise((resolve) => answers.push(resolve));
  told = { followed: true, read_n: 1 };
  await come(reply(2, { mentions: naming(ME) }));
  await act(async () => followThread("room", ROOT, false));
  await act(async () => answers.shift()?.());
  expect(follows()).toBe(false);
  await act(async () => heard["room:mine"]?.({ room_id: "room", threads: { [ROOT]: true } }));
  expect(follows()).toBe(true);
});

test("after an absence the server is asked again, and meanwhile what was known stays", async () => {
  const follows = await open();
  told = { followed: true, read_n: 1 };
  await act(async () => setLink("offline"));
  await act(async () => doubtFollowing());
  expect([follows(), asked]).toEqual([false, 1]);
  await act(async () => setLink("online"));
  expect([follows(), asked]).toEqual([true, 2]);
});
