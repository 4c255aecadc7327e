import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as api from "@/lib/api";
import { forgetAllQuoted } from "@/lib/chat/quoted";
import { putTimeline, resetChat, setLink } from "@/lib/chat/store";
import { startTimeline } from "@/lib/chat/timeline";
import { setLanguage } from "@/lib/i18n";
import { learn } from "@/lib/people";
import { BOB, ME, message, room, user } from "@/testing/events";
import { loadDraft, saveDraft } from "./drafts";
import { ThreadPanel } from "./thread-panel";

const refusal = new api.ApiError({ code: "unavailable", message: "", retryable: true });
let is_down = true;

beforeEach(() => {
  is_down = true;
  setLanguage("en");
  resetChat(ME);
  learn([user(ME), user(BOB)]);
  putTimeline("room", startTimeline(room()));
  setLink("online");
  vi.spyOn(api, "call").mockImplementation(async (_, path) => {
    if (is_down) throw refusal;
    const page = { items: [message(2, { thread: "message-1", text: "a reply" })], next: null, prev: null, head: 0 };
    return (path.includes("/thread") ? page : message(1, { text: "the root" })) as never;
  });
});
afterEach(() => {
  cleanup();
  forgetAllQuoted();
});

const show = () => act(async () => render(<ThreadPanel room_id="room" root_id="message-1" />));

function expectThread(): void {
  expect(screen.getByText("the root")).toBeTruthy();
  expect(screen.getByText("a reply")).toBeTruthy();
  expect(screen.getByRole("textbox")).toBeTruthy();
  expect(screen.queryByRole("alert")).toBeNull();
}

test("a thread that could not be read is read at a press", async () => {
  await show();
  expect(screen.queryByText("the root")).toBeNull();
  is_down = false;
  await act(async () => fireEvent.click(screen.getByRole("button", { name: "Try again" })));
  expectThread();
});

test("and with the next connection", async () => {
  await show();
  is_down = false;
  await act(async () => setLink("offline"));
  await act(async () => {
    // As a connection does before anything is drawn.
    forgetAllQuoted();
    setLink("online");
  });
  expectThread();
});

test("what was written under a message that is gone goes into the field of the room", async () => {
  localStorage.clear();
  saveDraft(ME, "message-1", { text: "half a reply", picked: {} });
  saveDraft(ME, "room", { text: "and a message", picked: {} });
  vi.mocked(api.call).mockImplementation(async (_, path) => {
    const gone = new api.ApiError({ code: "not_found", message: "", retryable: false });
    if (!path.includes("/thread")) throw gone;
    return { items: [], next: null, prev: null, head: 0 } as never;
  });
  vi.spyOn(console, "warn").mockImplementation(() => {});
  await show();
  expect(screen.queryByRole("textbox")).toBeNull();
  expect(screen.getByText("half a reply")).toBeTruthy();
  fireEvent.click(screen.getByRole("button", { name: "Write it in the room" }));
  expect(screen.queryByText("half a reply")).toBeNull();
  expect(loadDraft(ME, "room").text).toBe("half a reply\n\nand a message");
  expect(loadDraft(ME, "message-1").text).toBe("");
});
