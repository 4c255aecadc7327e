import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test } from "vitest";
import { markDraft } from "@/lib/chat/drafted";
import { resetChat } from "@/lib/chat/store";
import { setLanguage } from "@/lib/i18n";
import { ME, room } from "@/testing/events";
import { RoomRow } from "./room-row";

const mark = () => screen.queryByText("Draft");

beforeEach(async () => {
  localStorage.clear();
  await setLanguage("en");
  resetChat("");
});
afterEach(cleanup);

test("a room with a draft has a mark, unless it is shown", () => {
  resetChat(ME);
  const { rerender } = render(<RoomRow room={room()} me={ME} shown={false} />);
  expect(mark()).toBeNull();
  act(() => markDraft("room", true));
  expect(mark()).not.toBeNull();
  rerender(<RoomRow room={room()} me={ME} shown={true} />);
  expect(mark()).toBeNull();
  rerender(<RoomRow room={room()} me={ME} shown={false} />);
  act(() => markDraft("room", false));
  expect(mark()).toBeNull();
});

test("a draft of before, of another tab, and of nobody else", () => {
  localStorage.setItem(`chatflow.draft.${ME}.room`, "{}");
  resetChat("somebody else");
  render(<RoomRow room={room()} me={ME} shown={false} />);
  expect(mark()).toBeNull();
  act(() => resetChat(ME));
  expect(mark()).not.toBeNull();
  localStorage.clear();
  act(() => {
    dispatchEvent(new StorageEvent("storage"));
  });
  expect(mark()).toBeNull();
});
