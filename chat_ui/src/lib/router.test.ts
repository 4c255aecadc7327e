import { expect, test } from "vitest";
import { readRoute, roomPath } from "./router";

const ID = "01890000-0000-7000-8000-000000000001";

test("a room's address names the panel that is open", () => {
  expect(readRoute(roomPath(ID))).toEqual({ page: "room", room_id: ID, panel: null });
  expect(readRoute(roomPath(ID, "members"))).toEqual({ page: "room", room_id: ID, panel: "members" });
});

test("an unknown panel shows the room, and an unknown page the home", () => {
  expect(readRoute(`/rooms/${ID}/nothing`)).toEqual({ page: "room", room_id: ID, panel: null });
  expect(readRoute("/rooms/17")).toEqual({ page: "home" });
});
