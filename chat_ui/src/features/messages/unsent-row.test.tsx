import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import type { Unsent } from "@/lib/chat/outbox";
import { changeOutbox, putTimeline, resetChat, useChat } from "@/lib/chat/store";
import { startTimeline } from "@/lib/chat/timeline";
import { setLanguage } from "@/lib/i18n";
import { learn } from "@/lib/people";
import type { Room } from "@/lib/protocol";
import { ME, room, user } from "@/testing/events";
import { loadDraft } from "./drafts";
import { UnsentRow } from "./unsent-row";

const FAILED: Unsent = {
  cid: "cid-1",
  room_id: "room",
  text: "hello",
  written_at: 0,
  state: "failed",
  error: { code: "muted", message: "", retryable: false },
};

function show(unsent: Unsent, shown: Partial<Room> = {}): void {
  localStorage.clear();
  setLanguage("en");
  resetChat(ME);
  learn([user(ME)]);
  putTimeline("room", startTimeline(room(shown)));
  changeOutbox(() => [unsent]);
  render(
    <div>
      <UnsentRow unsent={unsent} follows={false} me={ME} />
    </div>,
  );
}

afterEach(cleanup);

test("a refused message says why and can be sent again under its cid", () => {
  show(FAILED);
  expect(screen.getByRole("alert").textContent).toContain("Not sent: You are muted in this room.");
  fireEvent.click(screen.getByRole("button", { name: "Retry" }));
  expect(useChat.getState().outbox).toMatchObject([{ cid: "cid-1", state: "queued" }]);
});

test("a refused message goes only when the person discards it", () => {
  show(FAILED);
  fireEvent.click(screen.getByRole("button", { name: "Discard" }));
  expect(useChat.getState().outbox).toEqual([]);
});

test("a refused message is taken back into the stored draft, where one may write", () => {
  show(FAILED);
  fireEvent.click(screen.getByRole("button", { name: "Edit" }));
  expect(useChat.getState().outbox).toEqual([]);
  expect(loadDraft(ME, "room").text).toBe("hello");
  cleanup();
  show(FAILED, { archived: true });
  expect(screen.queryByRole("button", { name: "Edit" })).toBeNull();
});

test("without a connection a message says that it waits", () => {
  show({ ...FAILED, state: "queued", error: undefined });
  expect(screen.getByRole("img", { name: "Waiting for the connection" })).toBeTruthy();
  expect(screen.getByRole("article").textContent).toContain("1st");
});
