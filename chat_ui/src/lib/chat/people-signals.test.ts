import { describe, expect, test } from "vitest";
import { BOB, ME, message } from "@/testing/events";
import { MessageRun } from "./message-run";
import { choiceOf, watchedOf } from "./presence";
import { countReaders, foldPositions, readersOf } from "./read-by";
import { foldTyping } from "./typing";

describe("typing", () => {
  const bob = { room_id: "room", user_id: BOB, active: true };

  test("who types is named once, in the order of beginning, until they stop", () => {
    const both = foldTyping(foldTyping(foldTyping({}, bob), bob), { ...bob, user_id: "carol" });
    expect(both).toEqual({ room: [BOB, "carol"] });
    expect(foldTyping(both, { ...bob, active: false })).toEqual({ room: ["carol"] });
  });

  test("what changes nothing is the same", () => {
    const typists = foldTyping({}, bob);
    expect(foldTyping(typists, bob)).toBe(typists);
    expect(foldTyping({}, { ...bob, active: false })).toEqual({});
  });
});

describe("presence", () => {
  test("of too many people those are watched who came last, and the same people are the same list", () => {
    expect(watchedOf(["a", "c", "b"], 2)).toEqual(["b", "c"]);
    expect(watchedOf(["c", "b"])).toEqual(watchedOf(["b", "c"]));
  });

  test("who is connected and appears offline is invisible", () => {
    expect(choiceOf({ status: "offline" })).toBe("invisible");
    expect(choiceOf({ status: "dnd" })).toBe("dnd");
    expect(choiceOf(undefined)).toBeNull();
  });
});

describe("who has read what", () => {
  const rows = MessageRun.of([message(2, { sender: ME }), message(5, { sender: ME }), message(7)]);
  const here = { me: ME, has_newer: false };

  test("a position moves forward, and back where something is left unread", () => {
    const known = foldPositions({ carol: 1 }, { [BOB]: 5 });
    expect(foldPositions(known, { [BOB]: 5 })).toBe(known);
    expect(foldPositions(known, { [BOB]: 3 })).toEqual({ [BOB]: 3, carol: 1 });
  });

  test("each is named at the newest message that they have read", () => {
    const readers = readersOf(rows, { carol: 4, dan: 9, eve: 1 }, here);
    expect([...readers]).toEqual([
      ["message-2", ["carol"]],
      ["message-7", ["dan"]],
    ]);
  });

  test.each([
    ["who wrote it does not count", { sender: BOB, seq: 5 }, { [BOB]: 9, carol: 9 }, { count: 2, of: 3 }],
    ["who has not come so far does not count", { sender: ME, seq: 5 }, { [BOB]: 4, carol: 5 }, { count: 1, of: 3 }],
    ["oneself alone is nothing to say", { sender: BOB, seq: 5 }, { [ME]: 9, carol: 4 }, null],
    ["a reply in a thread is not read with its room", { sender: ME, seq: 5, thread: "root" }, { [BOB]: 9 }, null],
    [
      "those who left make it no more than all",
      { sender: ME, seq: 1 },
      { a: 1, b: 1, c: 1, d: 1 },
      { count: 3, of: 3 },
    ],
  ])("of those who have read a message %s", (_, about, positions, told) => {
    expect(countReaders({ thread: null, ...about }, positions, { me: ME, members: 4 })).toEqual(told);
  });

  test("neither oneself nor who wrote it is named", () => {
    expect(readersOf(rows, { [ME]: 7, [BOB]: 7 }, here).size).toBe(0);
  });

  test("what was read beyond the messages loaded is not shown at the last of them", () => {
    expect(readersOf(rows, { dan: 9, carol: 5 }, { ...here, has_newer: true })).toEqual(
      new Map([["message-5", ["carol"]]]),
    );
  });
});
