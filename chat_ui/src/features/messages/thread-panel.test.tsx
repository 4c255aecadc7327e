import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as api from "@/lib/api";
import { forgetAllQuoted } from "@/lib/chat/quoted";
import * as socket from "@/lib/chat/socket";
import { putTimeline, resetChat, setLink } from "@/lib/chat/store";
import { startTimeline } from "@/lib/chat/timeline";
import { setLanguage } from "@/lib/i18n";
import { learn } from "@/lib/people";
import type { AnyMessage } from "@/lib/protocol";
import { navigate, roomPath } from "@/lib/router";
import { BOB, ME, message, room, user } from "@/testing/events";
import { loadDraft, saveDraft } from "./drafts";
import { ThreadPanel } from "./thread-panel";

const refusal = new api.ApiError({ code: "unavailable", message: "", retryable: true });
const REPLY = message(2, { thread: "message-1", text: "a reply" });
let is_down = true;
let told: { items: AnyMessage[]; followed: boolean; read_n: number | null };

beforeEach(() => {
  is_down = true;
  told = { items: [REPLY], followed: false, read_n: null };
  setLanguage("en");
  resetChat(ME);
  learn([user(ME), user(BOB)]);
  putTimeline("room", startTimeline(room()));
  setLink("online");
  vi.spyOn(api, "call").mockImplementation(async (_, path) => {
    if (is_down) throw refusal;
    const page = { ...told, items: told.items, next: null, prev: null, head: 0 };
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

test("it says whether one follows it as the server does, and lets one choose", async () => {
  is_down = false;
  told.followed = true;
  vi.spyOn(socket, "ask").mockResolvedValue({ ok: true } as never);
  await show();
  const button = screen.getByRole("button", { name: "Following" });
  expect(button.getAttribute("aria-pressed")).toBe("true");
  await act(async () => fireEvent.click(button));
  expect(socket.ask).toHaveBeenCalledWith("thread:unfollow", { room_id: "room", id: "message-1" });
  expect(screen.getByRole("button", { name: "Follow" }).getAttribute("aria-pressed")).toBe("false");
});

test("a line stands above the first reply of another that one has not read, and stays there", async () => {
  is_down = false;
  const more = [message(3, { n: 3, sender: ME }), message(4, { n: 4, text: "the first new" }), message(5, { n: 5 })];
  told = { items: [REPLY, ...more.map((one) => ({ ...one, thread: "message-1" }))], followed: true, read_n: 2 };
  await show();
  const line = screen.getByText("2 new");
  const follows = (name: string) =>
    line.compareDocumentPosition(screen.getByText(name)) & Node.DOCUMENT_POSITION_FOLLOWING;
  expect([follows("a reply") > 0, follows("text 3") > 0, follows("the first new") > 0]).toEqual([false, false, true]);
});

test("no line stands where all was read", async () => {
  is_down = false;
  told = { ...told, followed: true, read_n: 2 };
  await show();
  expect(screen.getByText("a reply")).toBeTruthy();
  expect(screen.queryByText(/ new$/)).toBeNull();
});

test("a reply that is gone keeps its place, and is counted as in the room", async () => {
  is_down = false;
  const { id, seq, n, sender, at } = message(3);
  told.items = [REPLY, { id, seq, n, sender, at, deleted: true, thread: "message-1" }];
  await show();
  expect(screen.getByText("2 replies")).toBeTruthy();
  expect(screen.getByText("This message was deleted.")).toBeTruthy();
});

test("what was written under a message that is gone goes into the field of the room", async () => {
  localStorage.clear();
  saveDraft(ME, "message-1", { text: "half a reply", picked: {} });
  saveDraft(ME, "room", { text: "and a message", picked: {} });
  vi.mocked(api.call).mockImplementation(async (_, path) => {
    const gone = new api.ApiError({ code: "not_found", message: "", retryable: false });
    if (!path.includes("/thread")) throw gone;
    return { ...told, items: [], next: null, prev: null, head: 0 } as never;
  });
  vi.spyOn(console, "warn").mockImplementation(() => {});
  // Where the room cannot be seen, it is where one goes on.
  navigate("/threads");
  await show();
  expect(screen.queryByRole("textbox")).toBeNull();
  expect(screen.getByText("half a reply")).toBeTruthy();
  fireEvent.click(screen.getByRole("button", { name: "Write it in the room" }));
  expect(screen.queryByText("half a reply")).toBeNull();
  expect(loadDraft(ME, "room").text).toBe("half a reply\n\nand a message");
  expect(loadDraft(ME, "message-1").text).toBe("");
  expect(location.pathname).toBe(roomPath("room"));
});
