import { describe, expect, test } from "vitest";
import type { DeletedMessage, RoomEvent } from "@/lib/protocol";
import { BOB, created, deleted, edited, ME, message, room } from "@/testing/events";
import { MessageRun } from "./message-run";
import { followThread } from "./thread";
import { gistOf, part } from "./threads";
import { receive, startTimeline, type Timeline, takePage, trim } from "./timeline";

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

function replies({ parted }: Timeline): MessageRun | undefined {
  return parted?.threads.get(ROOT.message.id);
}

describe("the parts of what is loaded", () => {
  test("a reply in a thread is no row of the room, and is counted under its message", () => {
    const timeline = folded([ROOT, created(2, IN_THREAD), created(3)]);
    expect(rows(timeline)).toEqual([1, 3]);
    expect(timeline.messages?.length).toBe(3);
    expect(gistOf(replies(timeline), 3)).toMatchObject({ count: 1, people: [BOB] });
  });

  test("an edit reaches the reply, and a deleted reply counts no more", () => {
    const reply = created(2, IN_THREAD);
    const timeline = folded([ROOT, reply, edited(3, reply)]);
    expect(replies(timeline)?.slice()).toMatchObject([{ text: "edited" }]);
    expect(gistOf(replies(folded([deleted(4, reply)], timeline)), 3)).toBeNull();
  });

  test("a deleted reply is no row of the room, as the server tells it later and as it is kept here", () => {
    const { id, seq, n, sender, at } = message(2);
    const told: DeletedMessage = { id, seq, n, sender, at, deleted: true, ...IN_THREAD };
    const timeline = folded([deleted(3, created(2, IN_THREAD))], folded([ROOT, created(2, IN_THREAD)]));
    expect(timeline.messages?.slice()).toEqual([ROOT.message, told]);
    const again = part([ROOT.message, told]);
    expect(again.rows.slice()).toEqual([ROOT.message]);
    expect(gistOf(again.threads.get(ROOT.message.id), 3)).toBeNull();
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

  test("the last to reply is named first, each once", () => {
    const gist = gistOf(MessageRun.of([message(2), message(3, { sender: ME }), message(4)]), 3);
    expect(gist).toMatchObject({ count: 3, people: [BOB, ME] });
  });
});

describe("an open thread", () => {
  const open = { replies: MessageRun.of([message(2, IN_THREAD)]), position: 2 };
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
