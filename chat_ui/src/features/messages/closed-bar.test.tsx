import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { mayWrite } from "@/lib/chat/membership";
import { putTimeline, resetChat } from "@/lib/chat/store";
import { startTimeline } from "@/lib/chat/timeline";
import { setLanguage } from "@/lib/i18n";
import { clockTime } from "@/lib/i18n/time-words";
import type { Room } from "@/lib/protocol";
import { BOB, ME, room } from "@/testing/events";
import { RoomPage } from "./room-page";

const NOON = new Date(2026, 10, 27, 12, 0);

beforeEach(() => {
  vi.useFakeTimers({ now: NOON });
  localStorage.clear();
  setLanguage("en");
  resetChat(ME);
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

function show(changes: Partial<Room>): void {
  putTimeline("room", startTimeline(room({ peers: [ME, BOB], ...changes })));
  render(<RoomPage room_id="room" panel={null} thread={null} seq={null} bar={null} />);
}
const field = () => screen.queryByRole("textbox");
const inAnHour = () => new Date(NOON.getTime() + 3_600_000);

test("who is muted is told until when, and writes again by itself once that is over", async () => {
  show({ muted_until: inAnHour().toISOString() });
  expect(screen.getByText(new RegExp(`muted in this room until ${clockTime(inAnHour())}`))).toBeTruthy();
  expect(field()).toBeNull();
  await act(() => vi.advanceTimersByTimeAsync(3_590_000));
  expect(field()).toBeNull();
  await act(() => vi.advanceTimersByTimeAsync(11_000));
  expect(field()).toBeTruthy();
});

test("a mute without an end names none, and one of another day names the day", () => {
  show({ muted_until: "9999-12-31T23:59:59.999Z" });
  expect(screen.getByText("You are muted in this room. You can read on.")).toBeTruthy();
  cleanup();
  show({ muted_until: new Date(2026, 10, 30, 9, 30).toISOString() });
  expect(screen.getByText(/until Monday 9:30/)).toBeTruthy();
});

test("an owner may open an archived room again from where one would write, others read why they cannot", () => {
  show({ archived: true, role: "owner" });
  expect(screen.getByText(/This channel is archived/)).toBeTruthy();
  expect(screen.getByRole("button", { name: "Bring it back" })).toBeTruthy();
  cleanup();
  show({ archived: true });
  expect(screen.queryByRole("button", { name: "Bring it back" })).toBeNull();
  expect(field()).toBeNull();
});

test("nothing else is offered either that a muted person or a reader may not do", () => {
  expect(mayWrite(room({ muted_until: inAnHour().toISOString() }))).toBe(false);
  expect(mayWrite(room({ muted_until: new Date(NOON.getTime() - 1).toISOString() }))).toBe(true);
  expect(mayWrite(room({ role: "reader" }))).toBe(false);
});
