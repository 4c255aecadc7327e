import { act, cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import { Profiler } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as socket from "@/lib/chat/socket";
import { changeTimeline, putTimeline, resetChat, setNextTry, useChat } from "@/lib/chat/store";
import { receive, startTimeline } from "@/lib/chat/timeline";
import { setLanguage } from "@/lib/i18n";
import type { Room } from "@/lib/protocol";
import { navigate, roomPath } from "@/lib/router";
import { created, ME, room } from "@/testing/events";
import { RoomList } from "./room-list";
import { toggleUnreadOnly, useUnreadOnly } from "./unread-only";

const [OPEN, NEXT, LAST] = [1, 2, 3].map((number) => `01890000-0000-7000-8000-00000000000${number}`) as [
  string,
  string,
  string,
];

beforeEach(() => {
  localStorage.clear();
  navigate("/");
  setLanguage("en");
  resetChat(ME);
  putTimeline("room", startTimeline(room({ name: "zebra" })));
  putTimeline("other", startTimeline(room({ id: "other", name: "apples" })));
  useChat.setState({ loaded: true });
});
afterEach(() => {
  cleanup();
  useUnreadOnly.setState({ unread_only: false });
});

const names = () => screen.getAllByRole("listitem").map((row) => row.textContent);

test("what moves no room draws no list, and a message draws its room", () => {
  const onRender = vi.fn();
  render(
    <Profiler id="list" onRender={onRender}>
      <RoomList browsing={false} />
    </Profiler>,
  );
  expect(names()).toEqual(["apples", "zebra"]);
  onRender.mockClear();
  act(() => setNextTry(5));
  expect(onRender).not.toHaveBeenCalled();
  act(() => {
    changeTimeline("room", (timeline) => receive(timeline, created(1), ME), { rank: 5 });
  });
  expect(names()).toEqual(["apples", "zebra11 unread message"]);
});

/** A room that notes in `drawn` that its row was drawn. */
function watched(id: string, drawn: Set<string>): Room {
  return Object.defineProperty(room({ id, name: id }), "mentions", {
    get: () => {
      drawn.add(id);
      return 0;
    },
  });
}

test("going to another room draws the row that was open and the one that is", () => {
  const drawn = new Set<string>();
  for (const id of [OPEN, NEXT, LAST]) putTimeline(id, startTimeline(watched(id, drawn)));
  navigate(roomPath(OPEN));
  render(<RoomList browsing={false} />);
  const current = () => screen.getAllByRole("link", { current: "page" }).map((link) => link.textContent);
  expect([current(), drawn.size]).toEqual([[OPEN], 3]);
  drawn.clear();
  act(() => navigate(roomPath(NEXT)));
  expect(current()).toEqual([NEXT]);
  expect([...drawn].sort()).toEqual([OPEN, NEXT]);
});

test("asked for what is unread alone, the list follows it", () => {
  render(<RoomList browsing={false} />);
  act(toggleUnreadOnly);
  expect(screen.queryAllByRole("listitem")).toEqual([]);
  act(() => changeTimeline("room", (timeline) => receive(timeline, created(1), ME)));
  expect(names()).toEqual(["zebra11 unread message"]);
});

const timelineOf = (changes: Parameters<typeof room>[0]) => startTimeline(room(changes));
const stands = (section: string) =>
  within(screen.getByRole("region", { name: section }))
    .queryAllByRole("link")
    .map((link) => link.textContent);

test("a folded section says what waits in it, shows the room that is open, and stays folded", () => {
  putTimeline("a", timelineOf({ id: "a", name: "ants", section: "Work", unread: 3, mentions: 1 }));
  putTimeline(OPEN, timelineOf({ id: OPEN, name: "bees", section: "Work", unread: 4 }));
  const quiet = { level: "none", muted_until: null } as const;
  putTimeline("c", timelineOf({ id: "c", name: "cats", section: "Work", unread: 50, notify: quiet }));
  navigate(roomPath(OPEN));
  const list = <RoomList browsing={false} />;
  const { unmount } = render(list);
  const fold = () => within(screen.getByRole("region", { name: "Work" })).getByRole("button", { name: "Work" });
  fireEvent.click(fold());
  expect(fold().getAttribute("aria-expanded")).toBe("false");
  expect(stands("Work")).toEqual(["bees44 unread messages"]);
  expect(fold().closest("header")?.textContent).toBe("Work13 unread messages, 1 mention");
  // Over a reload too, which this page does not have.
  expect(localStorage.getItem(`chatflow.folded.${ME}`)).toContain("section:Work");
  unmount();
  render(list);
  expect(fold().getAttribute("aria-expanded")).toBe("false");
  fireEvent.click(fold());
  expect(stands("Work")).toHaveLength(3);
});

test("a room is dropped on another section, on the favourites, and back", async () => {
  putTimeline("a", timelineOf({ id: "a", name: "ants", section: "Work" }));
  const mine = vi.spyOn(socket, "ask").mockResolvedValue({ ok: true } as never);
  render(<RoomList browsing={false} />);
  const drag = (name: string) => {
    const dataTransfer = {} as DataTransfer;
    fireEvent.dragStart(screen.getByRole("link", { name }), { dataTransfer });
  };
  const drop = (section: string) => fireEvent.drop(screen.getByRole("region", { name: section }));
  expect(screen.queryByRole("region", { name: "Favourites" })).toBeNull();
  drag("zebra");
  // There was none, and there is one to drop on.
  drop("Favourites");
  await waitFor(() => expect(stands("Favourites")).toEqual(["zebra"]));
  expect(mine).toHaveBeenLastCalledWith("room:mine:set", { room_id: "room", favourite: true });
  drag("zebra");
  drop("Work");
  await waitFor(() => expect(stands("Work")).toEqual(["ants", "zebra"]));
  drag("zebra");
  drop("Channels");
  await waitFor(() => expect(stands("Channels")).toEqual(["apples", "zebra", "Browse channels"]));
  expect(mine).toHaveBeenLastCalledWith("room:mine:set", { room_id: "room", favourite: false, section: null });
});
