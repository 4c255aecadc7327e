import { act, cleanup, render, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { created, ME, room } from "@/testing/events";
import { useCalls } from "./call-counts";
import { useOrder } from "./ordered";
import { changeTimeline, dropTimeline, putTimeline, resetChat, setHidden, setNextTry, useInRoom } from "./store";
import { receive, startTimeline, type Timeline } from "./timeline";

beforeEach(() => {
  resetChat(ME);
  putTimeline("room", startTimeline(room()));
  putTimeline("other", startTimeline(room({ id: "other", name: "other" })));
});
afterEach(cleanup);

const write = (room_id: string, seq = 1) =>
  changeTimeline(room_id, (timeline) => receive(timeline, { ...created(seq), room_id }, ME), { rank: seq });

test("what happens in one room is no reason to look at another", () => {
  const look = vi.fn((timeline: Timeline | undefined) => timeline?.room.unread);
  const { result } = renderHook(() => useInRoom("room", look));
  look.mockClear();
  act(() => write("other"));
  act(() => setNextTry(5));
  expect(look).not.toHaveBeenCalled();
  act(() => write("room"));
  expect(result.current).toBe(1);
});

test("who shows a room that comes, goes, and belongs to somebody else sees it", () => {
  const { result } = renderHook(() => useInRoom("late", (timeline) => timeline?.room.name));
  expect(result.current).toBeUndefined();
  act(() => putTimeline("late", startTimeline(room({ id: "late", name: "late" }))));
  expect(result.current).toBe("late");
  act(() => dropTimeline("late"));
  expect(result.current).toBeUndefined();
  act(() => putTimeline("late", startTimeline(room({ id: "late", name: "again" }))));
  act(() => resetChat("somebody else"));
  expect(result.current).toBeUndefined();
});

test("the order follows what comes, and is the same object where nothing moves", () => {
  const direct = (id: string) => startTimeline(room({ id, kind: "direct", name: null, peers: [] }));
  putTimeline("one", direct("one"));
  putTimeline("two", direct("two"));
  const { result } = renderHook(() => useOrder());
  act(() => write("one", 1));
  expect(result.current.directs).toEqual(["one", "two"]);
  const before = result.current;
  act(() => write("one", 2));
  act(() => write("room", 1));
  expect(result.current).toBe(before);
  act(() => write("two", 3));
  expect(result.current.directs).toEqual(["two", "one"]);
  act(() => setHidden("one", true));
  expect(result.current.directs).toEqual(["two"]);
});

test("what calls is counted as it comes, in every row that shows it, at once", () => {
  const shown: number[] = [];
  function Calls() {
    shown.push(useCalls());
    return null;
  }
  putTimeline("direct", startTimeline(room({ id: "direct", kind: "direct", name: null })));
  render(<Calls />);
  act(() => write("direct", 1));
  act(() => write("direct", 2));
  expect(shown).toEqual([0, 1, 2]);
  act(() => changeTimeline("direct", (timeline) => ({ ...timeline, room: { ...timeline.room, unread: 0 } })));
  expect(shown.at(-1)).toBe(0);
});
