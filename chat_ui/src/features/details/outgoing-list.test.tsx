import { act, cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError, call } from "@/lib/api";
import { WANTED } from "@/lib/chat/outgoing";
import { resetChat } from "@/lib/chat/store";
import { setLanguage } from "@/lib/i18n";
import type { Outgoing, Room } from "@/lib/protocol";
import { ME, room } from "@/testing/events";
import { OutgoingList } from "./outgoing-list";

vi.mock("@/lib/api", async (original) => ({ ...(await original<typeof import("@/lib/api")>()), call: vi.fn() }));

const PATH = "/api/rooms/room/outgoing";
const HOOK: Outgoing = {
  id: "one",
  url: "https://sink.example.com/here",
  events: ["message.created", "message.pinned"],
  by: ME,
  created_at: "2026-11-20T10:00:00.000Z",
  state: "active",
  reason: null,
  delivered_seq: 7,
  delivered_at: "2026-11-20T10:00:00.000Z",
  failures: 0,
  error: "",
  next_at: null,
};
/** What the server answers, by method and path. */
let answers: Record<string, object>;

async function show(...hooks: Partial<Outgoing>[]): Promise<void> {
  answers[`GET ${PATH}`] = { items: hooks.map((changes) => ({ ...HOOK, ...changes })) };
  await open();
}

async function open(changes: Partial<Room> = {}): Promise<void> {
  await act(async () => void render(<OutgoingList room={room({ role: "owner", ...changes })} />));
}

const press = (name: string) => act(async () => void fireEvent.click(screen.getByRole("button", { name })));
const asked = () => vi.mocked(call).mock.calls.map(([method, path, body]) => [`${method} ${path}`, body]);

beforeEach(() => {
  setLanguage("en");
  resetChat(ME);
  answers = { [`GET ${PATH}`]: { items: [] } };
  vi.mocked(call).mockReset();
  vi.mocked(call).mockImplementation(async (method, path) => answers[`${method} ${path}`] ?? {});
});
afterEach(cleanup);

test("a webhook says where it sends, what, and that it is well", async () => {
  await show({});
  const row = within(screen.getByRole("listitem"));
  expect(row.getByText("https://sink.example.com/here")).toBeTruthy();
  expect(row.getByText("New messages · Pins")).toBeTruthy();
  expect(row.getByText(/^Last taken/)).toBeTruthy();
  expect(row.queryByRole("button", { name: "Resume" })).toBeNull();
});

test("one that fails says how often, why, and when it tries again", async () => {
  await show({ failures: 3, error: "HTTP 500", next_at: "2026-11-20T10:05:00.000Z" });
  expect(screen.getByText(/Not taken 3 times in a row\. Last: HTTP 500 Next try:/)).toBeTruthy();
});

test("one that is paused says why and can be resumed", async () => {
  await show({ state: "paused", reason: "gone", error: "HTTP 410" });
  expect(screen.getByText("Paused: its address says that it is gone. Last: HTTP 410")).toBeTruthy();
  answers[`GET ${PATH}`] = { items: [HOOK] };
  await press("Resume");
  expect(asked()).toContainEqual([`POST ${PATH}/one/resume`, undefined]);
  expect(screen.queryByText(/^Paused/)).toBeNull();
});

test("what is made shows its secret once, and is then on the list", async () => {
  await open();
  await press("Add a webhook");
  fireEvent.change(screen.getByLabelText("Address"), { target: { value: HOOK.url } });
  fireEvent.click(screen.getByLabelText("Reactions"));
  answers[`POST ${PATH}`] = { id: "one", secret: "whsec_shown-once" };
  answers[`GET ${PATH}`] = { items: [HOOK] };
  await press("Add");
  expect(asked()).toContainEqual([
    `POST ${PATH}`,
    { url: HOOK.url, events: [...WANTED.messages, ...WANTED.reactions] },
  ]);
  expect(screen.getByLabelText<HTMLInputElement>("Secret").value).toBe("whsec_shown-once");
  fireEvent.click(screen.getAllByRole("button", { name: "Close" })[1] as HTMLElement);
  expect(screen.queryByDisplayValue("whsec_shown-once")).toBeNull();
  expect(screen.getByRole("listitem")).toBeTruthy();
});

test("nothing is made that would send nothing, and a refusal is said", async () => {
  await open();
  await press("Add a webhook");
  fireEvent.change(screen.getByLabelText("Address"), { target: { value: HOOK.url } });
  fireEvent.click(screen.getByLabelText("New messages"));
  await press("Add");
  expect(screen.getByText("Choose at least one thing that is sent.")).toBeTruthy();
  expect(asked().map(([what]) => what)).not.toContain(`POST ${PATH}`);
  fireEvent.click(screen.getByLabelText("New messages"));
  vi.mocked(call).mockRejectedValueOnce(new ApiError({ code: "forbidden", message: "", retryable: false }));
  await press("Add");
  expect(within(screen.getByRole("dialog")).getByRole("alert").textContent).toContain("You may not do that");
});

test("a test says what became of it", async () => {
  await show({});
  answers[`POST ${PATH}/one/test`] = { delivered: true, error: "" };
  await press("Send a test");
  expect(screen.getByRole("status").textContent).toBe("The test was taken.");
  answers[`POST ${PATH}/one/test`] = { delivered: false, error: "HTTP 500" };
  await press("Send a test");
  expect(screen.getByRole("status").textContent).toBe("The test was not taken: HTTP 500");
  const refusal = { code: "rate_limited", message: "", retryable: true };
  vi.mocked(call).mockRejectedValueOnce(new ApiError(refusal));
  await press("Send a test");
  expect(screen.getByText(/a test just now/)).toBeTruthy();
});

test("a new secret is shown, and one that is removed is gone once that is confirmed", async () => {
  await show({});
  answers[`POST ${PATH}/one/secret`] = { secret: "whsec_new" };
  await press("New secret");
  expect(screen.getByLabelText<HTMLInputElement>("Secret").value).toBe("whsec_new");
  await press("Remove");
  expect(asked().map(([what]) => what)).not.toContain(`DELETE ${PATH}/one`);
  answers[`GET ${PATH}`] = { items: [] };
  const dialog = within(screen.getByRole("dialog"));
  await act(async () => void fireEvent.click(dialog.getByRole("button", { name: "Remove" })));
  expect(asked()).toContainEqual([`DELETE ${PATH}/one`, undefined]);
  expect(screen.queryByRole("listitem")).toBeNull();
});

test("a room that is archived gets no more", async () => {
  await open({ archived: true });
  expect(screen.queryByRole("button", { name: "Add a webhook" })).toBeNull();
});
