import { cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Unsent } from "@/lib/chat/outbox";
import { putTimeline, resetChat, useChat } from "@/lib/chat/store";
import { startTimeline } from "@/lib/chat/timeline";
import { setLanguage } from "@/lib/i18n";
import { BOB, ME, room } from "@/testing/events";
import { loadDraft, saveDraft } from "./drafts";
import { OutboxPanel } from "./outbox-panel";

const FIRST: Unsent = { cid: "a", room_id: "room", text: "the first", written_at: 1, state: "queued" };
const SECOND: Unsent = { ...FIRST, cid: "b", room_id: "other", text: "the second", written_at: 2 };
const MUTED = { code: "muted", message: "", retryable: false };
const FAILED: Unsent = { ...FIRST, cid: "c", text: "refused", state: "failed", error: MUTED };

function show(...outbox: Unsent[]): void {
  useChat.setState({ outbox, link: "offline" });
  render(<OutboxPanel />);
}

const row = (text: string) => within(screen.getByText(text).closest("li") as HTMLElement);
const cids = () => useChat.getState().outbox.map(({ cid }) => cid);

beforeEach(() => {
  localStorage.clear();
  setLanguage("en");
  // What another test could not store goes with its person.
  resetChat("");
  resetChat(ME);
  putTimeline("room", startTimeline(room()));
  putTimeline("other", startTimeline(room({ id: "other", name: "design" })));
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

test("it numbers what waits in the order of sending, each with its room, and has the failed ones below", () => {
  show(FIRST, FAILED, SECOND);
  const queue = within(screen.getByRole("region", { name: "Waiting for the connection, 2" })).getAllByRole("listitem");
  expect(queue.map((item) => item.textContent)).toEqual([
    expect.stringMatching(/^1#general.*the first/),
    expect.stringMatching(/^2#design.*the second/),
  ]);
  expect(screen.getByRole("region", { name: "Not sent, 1" }).textContent).toContain("You are muted in this room.");
});

test("a failed one can be sent again under its cid, discarded, or taken back into the field", () => {
  show(FIRST, FAILED);
  fireEvent.click(row("refused").getByRole("button", { name: "Retry" }));
  expect(useChat.getState().outbox[1]).toMatchObject({ cid: "c", state: "queued" });
  fireEvent.click(row("refused").getByRole("button", { name: "Discard" }));
  expect(cids()).toEqual(["a"]);
  fireEvent.click(row("the first").getByRole("button", { name: "Edit" }));
  expect(cids()).toEqual([]);
  expect(loadDraft(ME, "room").text).toBe("the first");
});

test("what is taken back is stored before what the draft has, and overwrites nothing", () => {
  saveDraft(ME, "room", { text: "half a thought @bob", picked: { bob: BOB } });
  show(FIRST);
  fireEvent.click(row("the first").getByRole("button", { name: "Edit" }));
  expect(loadDraft(ME, "room")).toEqual({ text: "the first\n\nhalf a thought @bob", picked: { bob: BOB } });
});

test("where this browser stores nothing, what is taken back stays as long as the page", () => {
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const refuse = () => {
    throw new Error("full");
  };
  vi.stubGlobal("localStorage", { getItem: () => null, setItem: refuse, removeItem: () => undefined });
  show(FIRST);
  fireEvent.click(row("the first").getByRole("button", { name: "Edit" }));
  expect(cids()).toEqual([]);
  expect(loadDraft(ME, "room").text).toBe("the first");
});

test("where one may not write, nothing is taken back into a field that is not there", () => {
  putTimeline("room", startTimeline(room({ archived: true })));
  putTimeline("other", startTimeline(room({ id: "other", role: "reader" })));
  show(FAILED, { ...SECOND, state: "failed", error: MUTED });
  expect(screen.queryByRole("button", { name: "Edit" })).toBeNull();
  expect(screen.getAllByRole("button", { name: "Discard" })).toHaveLength(2);
});

test("a thread's reply goes back into the field of its thread", () => {
  show({ ...FIRST, thread: "root" });
  fireEvent.click(row("the first").getByRole("button", { name: "Edit" }));
  expect(loadDraft(ME, "root").text).toBe("the first");
  expect(loadDraft(ME, "room").text).toBe("");
  expect(location.pathname).toBe("/rooms/room/thread/root");
});

test("what is on its way cannot be called back, and what may be stored is not edited into a second one", () => {
  show({ ...FIRST, state: "sending" }, { ...SECOND, tried: true });
  expect(row("the first").queryByRole("button")).toBeNull();
  expect(row("the second").queryByRole("button", { name: "Edit" })).toBeNull();
  expect(row("the second").getByRole("button", { name: "Discard" })).toBeTruthy();
  expect(screen.getByText(/may be on disk already/)).toBeTruthy();
});

test("it promises to keep them only where the browser keeps anything", () => {
  show(FIRST);
  expect(screen.getByText(/Closing the tab is safe/)).toBeTruthy();
  cleanup();
  useChat.setState({ kept: false });
  show(FIRST);
  expect(screen.getByText(/keeps nothing for this page/)).toBeTruthy();
});

test("a reply that was refused because its thread is gone comes back into the field of the room", () => {
  const error = { code: "not_found", message: "", retryable: false };
  show({ ...FAILED, thread: "message-7", error });
  fireEvent.click(row("refused").getByRole("button", { name: "Edit" }));
  expect(loadDraft(ME, "room").text).toBe("refused");
  expect(loadDraft(ME, "message-7").text).toBe("");
  expect(location.pathname).toBe("/rooms/room");
  expect(cids()).toEqual([]);
});
