import { describe, expect, test } from "vitest";
import type { AnyMessage, DeletedMessage, RoomEvent } from "@/lib/protocol";
import { BOB, created, deleted, edited, ME, message, room } from "@/testing/events";
import { MessageRun } from "./message-run";
import { followThread } from "./thread";
import { part } from "./threads";
import { receive, startTimeline, type Timeline, takePage, takeSync, trim } from "./timeline";

const ROOT = created(1);
const IN_THREAD = { thread: ROOT.message.id };

function shown(): Timeline {
  return { ...startTimeline(room()), messages: MessageRun.of([]), parted: part([]), has_older: false };
}

function folded(events: RoomEvent[], start = shown()): Timeline {
  return events.reduce((timeline, event) => receive(timeline, event, ME), start);
}

function rows({ parted }: Timeline): number[] | undefined {
  return parted?.rows.slice().map(({ seq }) => seq);
}

/** What the room shows of the thread's message. */
function rootOfRoom({ parted }: Timeline): AnyMessage | undefined {
  return parted?.rows.byId(ROOT.message.id);
}

function replies({ parted }: Timeline): MessageRun | undefined {
  return parted?.threads.get(ROOT.message.id);
}

describe("the parts of what is loaded", () => {
  test("a reply in a thread is no row of the room, and is counted under its message", () => {
    const timeline = folded([ROOT, created(2, IN_THREAD), created(3)]);
    expect(rows(timeline)).toEqual([1, 3]);
    expect(timeline.messages?.length).toBe(3);
    expect(rootOfRoom(timeline)).toMatchObject({ replies: 1, last_reply_at: ROOT.at, repliers: [BOB] });
    expect(timeline.messages?.at(0)).toEqual(rootOfRoom(timeline));
  });

  test("an edit reaches the reply, and a deleted reply keeps its place and counts on, as on the server", () => {
    const reply = created(2, IN_THREAD);
    const timeline = folded([ROOT, reply, edited(3, reply)]);
    expect(replies(timeline)?.slice()).toMatchObject([{ text: "edited" }]);
    const gone = folded([deleted(4, reply)], timeline);
    expect(replies(gone)?.slice()).toMatchObject([{ deleted: true }]);
    expect(rootOfRoom(gone)).toMatchObject({ replies: 1 });
  });

  test("a deleted reply is no row of the room, as the server tells it later and as it is kept here", () => {
    const { id, seq, n, sender, at } = message(2);
    const told: DeletedMessage = { id, seq, n, sender, at, deleted: true, ...IN_THREAD };
    const timeline = folded([deleted(3, created(2, IN_THREAD))], folded([ROOT, created(2, IN_THREAD)]));
    expect(timeline.messages?.at(1)).toEqual(told);
    const again = part([ROOT.message, told]);
    expect(again.rows.slice()).toEqual([ROOT.message]);
  });

  test("an edit of a row reaches the row", () => {
    const timeline = folded([ROOT, created(2, IN_THREAD), edited(3, ROOT)]);
    expect(timeline.parted?.rows.slice()).toMatchObject([{ text: "edited" }]);
  });

  test("pages add to both ends of both parts", () => {
    const start = { ...startTimeline(room({ head: 4, n: 4 })), position: 4 };
    const items = [message(3, { n: 3 }), message(4, { n: 4, ...IN_THREAD })];
    const latest = takePage(start, { latest: true }, { items, next: null, prev: "3", head: 4 }, ME) ?? start;
    expect([rows(latest), replies(latest)?.length]).toEqual([[3], 1]);
    const older = [ROOT.message, message(2, { n: 2, ...IN_THREAD })];
    const whole = takePage(latest, { before: 3 }, { items: older, next: "2", prev: null, head: 4 }, ME) ?? start;
    expect(rows(whole)).toEqual([1, 3]);
    expect(
      replies(whole)
        ?.slice()
        .map(({ seq }) => seq),
    ).toEqual([2, 4]);
    expect([rows(trim(whole, 2)), replies(trim(whole, 2))?.length]).toEqual([[3], 1]);
  });
});

describe("the count of replies under a message", () => {
  const TOLD = { replies: 7, last_reply_at: "2026-11-20T08:00:00.000Z", repliers: ["ann", "bea"] };
  const reply = (seq: number, changes = {}) =>
    created(seq, { ...IN_THREAD, at: `2026-11-21T09:00:0${seq}Z`, ...changes });

  /** A room whose history was read at `head`, up to which the live events have come. */
  function read(head: number, position: number, root = message(1, TOLD)): Timeline {
    const start = { ...startTimeline(room({ head: position, n: position })), position };
    const page = { items: [root], next: null, prev: null, head };
    return takePage(start, { latest: true }, page, ME) ?? start;
  }

  test("goes on from what the server said, with each reply once", () => {
    const timeline = folded([reply(2), reply(2), reply(3, { sender: "ann" })], read(1, 1));
    expect(rootOfRoom(timeline)).toMatchObject({ replies: 9, last_reply_at: "2026-11-21T09:00:03Z" });
    expect(rootOfRoom(timeline)).toMatchObject({ repliers: ["ann", "bea", BOB] });
    expect(folded([reply(2)], timeline)).toBe(timeline);
  });

  test("leaves out the replies that the page knew, which come later as events", () => {
    const timeline = folded([reply(2), reply(3)], read(2, 1));
    expect(rootOfRoom(timeline)).toMatchObject({ replies: 8 });
    expect(timeline.messages?.at(0)).toMatchObject({ replies: 8 });
  });

  test("counts those that came while the page was on its way", () => {
    const before = folded([reply(2)], { ...startTimeline(room({ head: 1, n: 1 })), position: 1 });
    const page = { items: [message(1, TOLD)], next: null, prev: null, head: 1 };
    const timeline = takePage(before, { latest: true }, page, ME) ?? before;
    expect(rootOfRoom(timeline)).toMatchObject({ replies: 8 });
    expect(replies(timeline)?.length).toBe(1);
  });

  test("counts those that came while a page of the middle was on its way", () => {
    const before = folded([reply(2)], { ...startTimeline(room({ head: 1, n: 1 })), position: 1 });
    const page = { items: [message(1, TOLD)], next: "1", prev: null, head: 1 };
    const timeline = takePage(before, { around: 1 }, page, ME) ?? before;
    expect([timeline.has_newer, replies(timeline)]).toEqual([true, undefined]);
    expect(rootOfRoom(timeline)).toMatchObject({ replies: 8 });
  });

  test("counts those beyond what is loaded", () => {
    const start = { ...startTimeline(room({ head: 9, n: 9 })), position: 9 };
    const page = { items: [message(1, TOLD)], next: "1", prev: null, head: 9 };
    const above = takePage(start, { around: 1 }, page, ME) ?? start;
    const timeline = folded([{ ...reply(2), seq: 10 }], above);
    expect(timeline.has_newer).toBe(true);
    expect(rootOfRoom(timeline)).toMatchObject({ replies: 8 });
  });

  test("is made anew of what comes after an absence too long to be told", () => {
    const events = [created(8), created(9, { thread: "message-8" })];
    const timeline = takeSync(read(1, 1), { events, head: 9, reset: true }, ME);
    expect(timeline.parted?.rows.slice()).toMatchObject([{ id: "message-8", replies: 1 }]);
  });

  test("stays with a message that is deleted", () => {
    const timeline = folded([deleted(2, ROOT)], read(1, 1));
    expect(rootOfRoom(timeline)).toMatchObject({ deleted: true, ...TOLD });
  });

  test("names the first five", () => {
    const events = ["a", "b", "c", "d", "e", "f"].map((sender, place) => reply(place + 2, { sender }));
    expect(rootOfRoom(folded(events, read(1, 1, message(1))))?.repliers).toEqual(["a", "b", "c", "d", "e"]);
  });
});

describe("an open thread", () => {
  const open = { replies: MessageRun.of([message(2, IN_THREAD)]), position: 2, read_n: null };
  const at = { root: ROOT.message.id, me: ME };

  test("takes the replies that come, and nothing that stands elsewhere", () => {
    const recent = [created(3), created(4, IN_THREAD)];
    const followed = followThread(open, { position: 4, recent }, at);
    expect(followed?.replies.slice().map(({ seq }) => seq)).toEqual([2, 4]);
    expect(followed?.position).toBe(4);
  });

  test("is read anew where events are missing", () => {
    expect(followThread(open, { position: 9, recent: [created(9, IN_THREAD)] }, at)).toBeNull();
  });

  test("that is ahead of the room waits for it", () => {
    expect(followThread(open, { position: 1, recent: [ROOT] }, at)).toBe(open);
  });
});
