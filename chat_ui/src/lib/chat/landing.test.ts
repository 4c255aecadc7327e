import { expect, test } from "vitest";
import type { Room } from "@/lib/protocol";
import { room } from "@/testing/events";
import { landingRoom } from "./landing";
import { startTimeline } from "./timeline";

/** The rooms, of which a later one was more recently active. */
function chat(...rooms: Partial<Room>[]) {
  const made = rooms.map((changes) => room(changes));
  return {
    timelines: Object.fromEntries(made.map((one) => [one.id, startTimeline(one)])),
    activity: Object.fromEntries(made.map(({ id }, place) => [id, place])),
    hidden: {},
  };
}

test("who is called lands there, first where they were", () => {
  const calling = [{ id: "a", mentions: 1, unread: 3 }, { id: "b" }, { id: "c", kind: "direct" as const, unread: 1 }];
  expect(landingRoom(chat(...calling), "b")).toBe("c");
  expect(landingRoom(chat(...calling), "a")).toBe("a");
});

test("a room that is muted or put away calls nobody", () => {
  const muted = { id: "a", mentions: 1, unread: 1, notify: { level: "none" as const, muted_until: null } };
  expect(landingRoom(chat(muted, { id: "b" }), "b")).toBe("b");
  const rooms = chat({ id: "a", kind: "direct", unread: 1 }, { id: "b" });
  expect(landingRoom({ ...rooms, hidden: { a: true } }, "b")).toBe("b");
});

test("else one is back where one was, on a new device at the news", () => {
  const rooms = chat({ id: "a" }, { id: "b", unread: 4 }, { id: "c" });
  expect(landingRoom(rooms, "a")).toBe("a");
  expect(landingRoom(rooms, null)).toBe("b");
  expect(landingRoom(rooms, "gone")).toBe("b");
  expect(landingRoom(chat({ id: "a" }, { id: "b" }), null)).toBe("b");
  expect(landingRoom(chat(), null)).toBeNull();
});
