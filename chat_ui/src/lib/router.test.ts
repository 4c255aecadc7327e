import { expect, test } from "vitest";
import { messagePath, readRoute, roomPath, threadPath } from "./router";

const ID = "01890000-0000-7000-8000-000000000001";

test("a room's address names the panel that is open", () => {
  expect(readRoute(roomPath(ID))).toEqual({ page: "room", room_id: ID, panel: null, thread: null, seq: null });
  expect(readRoute(roomPath(ID, "members"))).toEqual({
    page: "room",
    room_id: ID,
    panel: "members",
    thread: null,
    seq: null,
  });
});

test("a link to a message names its place in the room", () => {
  expect(messagePath({ room_id: ID, seq: 17 })).toBe(`/rooms/${ID}/17`);
  expect(readRoute(`/rooms/${ID}/17`)).toEqual({ page: "room", room_id: ID, panel: null, thread: null, seq: 17 });
});

test("a thread is named by the message under which it hangs", () => {
  const route = { page: "room", room_id: ID, panel: null, thread: ID, seq: null };
  expect(readRoute(threadPath(ID, ID))).toEqual(route);
});

test("an unknown panel shows the room, and an unknown page the home", () => {
  expect(readRoute(`/rooms/${ID}/nothing`)).toEqual({
    page: "room",
    room_id: ID,
    panel: null,
    thread: null,
    seq: null,
  });
  expect(readRoute("/rooms/17")).toEqual({ page: "home" });
});
