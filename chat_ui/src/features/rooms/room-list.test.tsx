import { act, cleanup, render, screen } from "@testing-library/react";
import { Profiler } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { changeTimeline, putTimeline, resetChat, setNextTry, showRoom, useChat } from "@/lib/chat/store";
import { receive, startTimeline } from "@/lib/chat/timeline";
import { setLanguage } from "@/lib/i18n";
import { created, ME, room } from "@/testing/events";
import { RoomList } from "./room-list";
import { toggleUnreadOnly, useUnreadOnly } from "./unread-only";

beforeEach(() => {
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
      <RoomList room_id={null} browsing={false} />
    </Profiler>,
  );
  expect(names()).toEqual(["apples", "zebra"]);
  onRender.mockClear();
  act(() => setNextTry(5));
  expect(onRender).not.toHaveBeenCalled();
  act(() => {
    changeTimeline("room", (timeline) => receive(timeline, created(1), ME));
    showRoom("room", 5);
  });
  expect(names()).toEqual(["apples", "zebra11 unread message"]);
});

test("asked for what is unread alone, the list follows it", () => {
  render(<RoomList room_id={null} browsing={false} />);
  act(toggleUnreadOnly);
  expect(screen.queryAllByRole("listitem")).toEqual([]);
  act(() => changeTimeline("room", (timeline) => receive(timeline, created(1), ME)));
  expect(names()).toEqual(["zebra11 unread message"]);
});
