import { describe, expect, test } from "vitest";
import type { RoomEvent } from "@/lib/protocol";
import { BOB, created, deleted, edited, ME, message, reaction, room, trimmed } from "@/testing/events";
import { MessageRun } from "./message-run";
import { part } from "./threads";
import { isBehind, receive, startTimeline, type Timeline, takePage, takeRow, takeSync, trim } from "./timeline";

function folded(events: RoomEvent[], start: Timeline = shown()): Timeline {
  return events.reduce((timeline, event) => receive(timeline, event, ME), start);
}

function shown(): Timeline {
  return { ...startTimeline(room()), messages: MessageRun.of([]), has_older: false };
}

function seqs(timeline: Timeline): number[] | undefined {
  return timeline.messages?.slice().map((one) => one.seq);
}

function people(count: number): string[] {
  return Array.from({ length: count }, (_, number) => `person-${number}`);
}

describe("applying events", () => {
  test("the event behind the position is applied", () => {
    const timeline = folded([created(1), created(2)]);
    expect(timeline.position).toBe(2);
    expect(seqs(timeline)).toEqual([1, 2]);
    expect(timeline.room).toMatchObject({ head: 2, n: 2, unread: 2 });
  });

  test("an event at or below the position is dropped", () => {
    const timeline = folded([created(1), created(2)]);
    expect(folded([created(2), created(1)], timeline)).toBe(timeline);
  });

  test("an event ahead of a gap is kept aside and applied once the gap is closed", () => {
    const ahead = folded([created(1), created(4), created(3)]);
    expect(ahead.position).toBe(1);
    expect(isBehind(ahead)).toBe(true);
    const closed = folded([created(2)], ahead);
    expect(closed.position).toBe(4);
    expect(seqs(closed)).toEqual([1, 2, 3, 4]);
    expect(closed.room.unread).toBe(4);
    expect(isBehind(closed)).toBe(false);
  });

  test("an event of an unknown type counts its seq and changes nothing else", () => {
    const unknown = { ...created(2), type: "poll.opened", n: 1 } as unknown as RoomEvent;
    const timeline = folded([created(1), unknown, created(3, { n: 2 })]);
    expect(timeline.position).toBe(3);
    expect(seqs(timeline)).toEqual([1, 3]);
    expect(timeline.room.n).toBe(2);
  });

  test("an edit that one may not see changes nothing but the position", () => {
    const first = created(1);
    const timeline = folded([first, { ...edited(2, first), text: null }]);
    expect(timeline.position).toBe(2);
    expect(timeline.messages?.slice()).toMatchObject([{ text: "text 1", edited_at: null }]);
  });

  test("edits, reactions and deletions change the message they aim at", () => {
    const first = created(1);
    const second = created(2);
    const timeline = folded([
      first,
      second,
      edited(3, first),
      reaction(4, first, "reaction.added"),
      reaction(5, first, "reaction.added"),
      deleted(6, second),
    ]);
    expect(timeline.messages?.slice()[0]).toMatchObject({
      text: "edited",
      reactions: [{ emoji: "👍", count: 1, user_ids: [BOB], mine: false }],
    });
    expect(timeline.messages?.slice()[1]).toEqual({
      id: "message-2",
      seq: 2,
      n: 2,
      sender: BOB,
      at: second.at,
      deleted: true,
    });
    const taken = folded([reaction(7, first, "reaction.removed")], timeline);
    expect(taken.messages?.slice()[0]).toMatchObject({ reactions: [] });
  });

  test("of messages that retention took only the remains are left, in the room and in its threads", () => {
    const start: Timeline = { ...shown(), parted: part([]) };
    const said = [created(1), created(2, { thread: "message-1" }), created(3, { thread: "message-1" }), created(4)];
    const timeline = folded([...said, trimmed(5, 2)], start);
    expect(timeline.messages?.slice().map((one) => one.deleted)).toEqual([true, true, false, false]);
    expect(JSON.stringify(timeline.messages?.slice())).not.toContain("text 2");
    expect(timeline.parted?.rows.slice().map((one) => one.deleted)).toEqual([true, false]);
    expect(timeline.parted?.threads.get("message-1")?.slice()).toMatchObject([{ deleted: true }, { text: "text 3" }]);
    const again = folded([{ ...trimmed(6, 2) }], timeline);
    expect(again.messages).toBe(timeline.messages);
    expect(again.parted?.threads).toBe(timeline.parted?.threads);
  });

  test("of many who react some are named, all are counted, and one's own is known", () => {
    const first = created(1, { reactions: [{ emoji: "👍", count: 60, user_ids: people(50), mine: false }] });
    const mine = folded([first, { ...reaction(2, first, "reaction.added"), actor: ME }]);
    expect(mine.messages?.slice()[0]).toMatchObject({ reactions: [{ count: 61, user_ids: people(50), mine: true }] });
    const again = folded([{ ...reaction(3, first, "reaction.added"), actor: ME }], mine);
    expect(again.messages?.slice()[0]).toMatchObject({ reactions: [{ count: 61, mine: true }] });
    const taken = folded([{ ...reaction(4, first, "reaction.removed"), actor: ME }], again);
    expect(taken.messages?.slice()[0]).toMatchObject({ reactions: [{ count: 60, user_ids: people(50), mine: false }] });
    const fewer = folded([{ ...reaction(5, first, "reaction.removed"), actor: "person-0" }], taken);
    expect(fewer.messages?.slice()[0]).toMatchObject({ reactions: [{ count: 59, user_ids: people(50).slice(1) }] });
  });
});

describe("catching up", () => {
  test("a row that is ahead is taken as it is, and the events up to it change only the messages", () => {
    const fresh = takeRow(folded([created(1)]), room({ head: 3, n: 3, unread: 1, read_seq: 2 }), ME);
    expect(isBehind(fresh)).toBe(true);
    const synced = takeSync(fresh, { events: [created(2), created(3)], head: 3, reset: false }, ME);
    expect(isBehind(synced)).toBe(false);
    expect(seqs(synced)).toEqual([1, 2, 3]);
    expect(synced.room.unread).toBe(1);
  });

  test("a row that is behind is brought up by what was applied since", () => {
    const timeline = takeRow(folded([created(1), created(2)]), room({ head: 1, n: 1, unread: 0, read_seq: 1 }), ME);
    expect(timeline.room).toMatchObject({ head: 2, n: 2, unread: 1, read_seq: 1 });
  });

  test("an answer joins what was kept aside", () => {
    const ahead = folded([created(4)]);
    const synced = takeSync(ahead, { events: [created(1), created(2), created(3)], head: 3, reset: false }, ME);
    expect(seqs(synced)).toEqual([1, 2, 3, 4]);
  });

  test("a reset drops what was there and shows the tail", () => {
    const reset = {
      events: [created(90), created(91)],
      head: 91,
      reset: true,
      room: room({ head: 91, n: 91, unread: 5 }),
    };
    const synced = takeSync(folded([created(1), created(92)]), reset, ME);
    expect(seqs(synced)).toEqual([90, 91, 92]);
    expect(synced.position).toBe(92);
    expect(synced.room).toMatchObject({ head: 92, unread: 6 });
    expect(synced.has_older).toBe(true);
  });
});

describe("pages of history", () => {
  const page = (items: number[], head: number) => ({
    items: items.map((seq) => message(seq)),
    next: null,
    prev: null,
    head,
  });

  test("the latest page is completed by what was applied while it was on its way", () => {
    const first = created(1);
    const timeline = folded([first, created(2), edited(3, first)], startTimeline(room()));
    const taken = takePage(timeline, { latest: true }, page([1], 1), ME);
    expect(taken?.messages?.slice()).toMatchObject([{ seq: 1, text: "edited" }, { seq: 2 }]);
    expect(taken?.has_older).toBe(false);
  });

  test("what lies ahead of the position is left for its event", () => {
    const timeline = folded([created(1)], startTimeline(room()));
    expect(seqs(takePage(timeline, { latest: true }, page([1, 2], 2), ME) ?? timeline)).toEqual([1]);
  });

  test("an older page that was overtaken by reactions counts none of them twice", () => {
    const third = created(3, { reactions: [{ emoji: "👍", count: 60, user_ids: people(50), mine: false }] });
    const start = { ...startTimeline(room({ head: 4 })), messages: MessageRun.of([third.message, message(4)]) };
    const other = { ...reaction(5, third, "reaction.added"), actor: "person-70" };
    const gone = { ...reaction(6, third, "reaction.removed"), actor: "person-71" };
    const timeline = folded([other, gone, { ...gone, seq: 7, actor: "person-72" }], start);
    expect(timeline.messages?.slice()[0]).toMatchObject({ reactions: [{ count: 59 }] });
    const taken = takePage(timeline, { before: 3 }, page([1, 2], 4), ME) ?? timeline;
    expect(seqs(taken)).toEqual([1, 2, 3, 4]);
    expect(taken.messages?.slice()[2]).toMatchObject({ reactions: [{ count: 59 }] });
  });

  test("an older page is brought up by the reactions that overtook it, once each", () => {
    const first = created(1);
    const start = { ...startTimeline(room({ head: 4 })), messages: MessageRun.of([message(3), message(4)]) };
    const timeline = folded([reaction(5, first, "reaction.added"), created(6)], start);
    const taken = takePage(timeline, { before: 3 }, page([1, 2], 4), ME) ?? timeline;
    expect(seqs(taken)).toEqual([1, 2, 3, 4, 6]);
    expect(taken.messages?.slice()[0]).toMatchObject({ reactions: [{ count: 1, user_ids: [BOB] }] });
  });

  test("a reaction that a page has told already is not counted again when its event comes", () => {
    const first = created(1, { reactions: [{ emoji: "👍", count: 61, user_ids: people(50), mine: false }] });
    const told = { items: [first.message], next: null, prev: null, head: 3 };
    const timeline =
      takePage(folded([first], startTimeline(room())), { latest: true }, told, ME) ?? startTimeline(room());
    const event = { ...reaction(2, first, "reaction.added"), actor: "person-70" };
    const gone = { ...reaction(3, first, "reaction.removed"), actor: "person-71" };
    const caughtUp = folded([event, gone], timeline);
    expect(caughtUp.messages?.slice()[0]).toMatchObject({ reactions: [{ count: 61 }] });
    const later = folded([{ ...event, seq: 4, actor: "person-72" }], caughtUp);
    expect(later.messages?.slice()[0]).toMatchObject({ reactions: [{ count: 62 }] });
    expect(later.foretold.size).toBe(0);
  });

  test("an older page goes on top", () => {
    const timeline = { ...startTimeline(room({ head: 4 })), messages: MessageRun.of([message(3), message(4)]) };
    expect(seqs(takePage(timeline, { before: 3 }, page([1, 2], 4), ME) ?? timeline)).toEqual([1, 2, 3, 4]);
  });

  test("there is more above until the first message or an empty page", () => {
    const timeline = startTimeline(room({ head: 9 }));
    expect(takePage(timeline, { latest: true }, page([8, 9], 9), ME)?.has_older).toBe(true);
    expect(takePage(timeline, { latest: true }, page([1, 9], 9), ME)?.has_older).toBe(false);
    expect(
      takePage({ ...timeline, messages: MessageRun.of([message(8)]) }, { before: 8 }, page([], 9), ME)?.has_older,
    ).toBe(false);
  });

  test("a page asked for before the list changed its beginning would leave a hole and is refused", () => {
    const timeline = { ...startTimeline(room({ head: 90 })), messages: MessageRun.of([message(90)]) };
    expect(takePage(timeline, { before: 3 }, page([1, 2], 90), ME)).toBeNull();
  });

  test("a page older than everything remembered is refused", () => {
    const timeline = startTimeline(room({ head: 90 }));
    expect(takePage(timeline, { latest: true }, page([1, 2], 2), ME)).toBeNull();
  });

  test("a room that is not shown keeps only its end", () => {
    const timeline = trim(folded([created(1), created(2), created(3)]), 2);
    expect(seqs(timeline)).toEqual([2, 3]);
    expect(timeline.has_older).toBe(true);
  });
});
