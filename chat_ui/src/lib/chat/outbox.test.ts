import { beforeEach, expect, test } from "vitest";
import { created, ME, message, room } from "@/testing/events";
import * as outbox from "./outbox";
import { changeOutbox, changeTimeline, resetChat, useChat } from "./store";
import { receive, startTimeline, takePage } from "./timeline";

const REPLY = { room_id: "room", seq: 1, n: 1, id: "message-1", at: "", duplicate: false };
const error = (code: string, retryable: boolean) => ({ code, message: code, retryable });

function unsent(cid: string, changes: Partial<outbox.Unsent> = {}): outbox.Unsent {
  return { cid, room_id: "room", text: cid, written_at: 0, state: "queued", ...changes };
}

function states(): Record<string, string> {
  return Object.fromEntries(useChat.getState().outbox.map(({ cid, state }) => [cid, state]));
}

beforeEach(() => {
  localStorage.clear();
  resetChat(ME);
  useChat.setState({ timelines: { room: startTimeline(room()) } });
});

test("each room sends one message at a time, in the order of writing", () => {
  const queue = [unsent("a"), unsent("b"), unsent("c", { room_id: "other" })];
  expect(outbox.nextToSend(queue).map(({ cid }) => cid)).toEqual(["a", "c"]);
  expect(outbox.nextToSend(outbox.setSending(queue, "a")).map(({ cid }) => cid)).toEqual(["c"]);
});

test("a refused message waits for the person and holds up nobody", () => {
  const queue = outbox.refuse([unsent("a"), unsent("b")], "a", error("muted", false));
  expect(queue[0]).toMatchObject({ state: "failed", error: { code: "muted" } });
  expect(outbox.nextToSend(queue).map(({ cid }) => cid)).toEqual(["b"]);
  expect(outbox.nextToSend(outbox.retry(queue, "a")).map(({ cid }) => cid)).toEqual(["a"]);
});

test.each([
  ["unavailable", true],
  ["rate_limited", true],
  ["unauthenticated", false],
])("after %s the message goes back into the queue under its cid", (code, retryable) => {
  expect(outbox.refuse([unsent("a", { state: "sending" })], "a", error(code, retryable))).toEqual([unsent("a")]);
});

test("what was on its way when the connection broke is sent again under its cid, and may be stored already", () => {
  expect(outbox.requeue([unsent("a", { state: "sending" })])).toEqual([unsent("a", { tried: true })]);
  const unanswered = outbox.refuse([unsent("a", { state: "sending" })], "a", error("timeout", true));
  expect(unanswered).toEqual([unsent("a", { tried: true })]);
  expect(outbox.refuse(unanswered, "a", error("muted", false))[0]).toMatchObject({ state: "failed", tried: undefined });
});

test("the bubble is replaced by its event when the ack comes first", () => {
  changeOutbox(() => [unsent("cid-1", { state: "sending" }), unsent("b")]);
  changeOutbox((queue) => outbox.confirm(queue, "cid-1", REPLY, 0));
  expect(states()).toEqual({ "cid-1": "sent", b: "queued" });
  changeTimeline("room", (timeline) => receive(timeline, created(1, { sender: ME }), ME));
  expect(states()).toEqual({ b: "queued" });
});

test("the bubble is replaced by its event when the event comes first", () => {
  changeOutbox(() => [unsent("cid-1", { state: "sending" })]);
  changeTimeline("room", (timeline) => receive(timeline, created(1, { sender: ME }), ME));
  expect(states()).toEqual({});
  changeOutbox((queue) => outbox.confirm(queue, "cid-1", REPLY, 1));
  expect(states()).toEqual({});
});

test("another's message with the same cid does not replace mine", () => {
  changeOutbox(() => [unsent("cid-1", { state: "sending" })]);
  changeTimeline("room", (timeline) => receive(timeline, created(1), ME));
  expect(states()).toEqual({ "cid-1": "sending" });
});

test("a message that a page of history brings replaces its bubble", () => {
  useChat.setState({ timelines: { room: startTimeline(room({ head: 1 })) } });
  changeOutbox(() => [unsent("cid-1")]);
  const page = { items: [message(1, { sender: ME })], next: null, prev: null, head: 1 };
  changeTimeline("room", (timeline) => takePage(timeline, { latest: true }, page, ME) ?? timeline, {
    loaded: page.items,
  });
  expect(states()).toEqual({});
});

test("an answer to a repeated message that is long in the room removes the bubble", () => {
  expect(outbox.confirm([unsent("a")], "a", { ...REPLY, duplicate: true }, 7)).toEqual([]);
});

test("unsent messages outlive a reload, in order, and what was on its way is queued again", () => {
  changeOutbox(() => [
    unsent("b", { written_at: 2 }),
    unsent("a", { written_at: 1, state: "sending" }),
    unsent("c", { written_at: 3, state: "failed", error: error("muted", false) }),
  ]);
  changeOutbox((queue) => outbox.discard(queue, "b"));
  resetChat(ME);
  expect(useChat.getState().outbox.map(({ cid, state }) => [cid, state])).toEqual([
    ["a", "queued"],
    ["c", "failed"],
  ]);
});

test("another person at this browser does not get them", () => {
  changeOutbox(() => [unsent("a")]);
  resetChat("carol");
  expect(useChat.getState().outbox).toEqual([]);
});
