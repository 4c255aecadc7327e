import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { setLanguage } from "@/lib/i18n";
import type { ChangePreferencesBody, Preferences } from "@/lib/protocol";
import { WishesSection } from "./wishes-section";

const KINDS = { mention: true, reply: true, direct: true, thread: true, invitation: true, keyword: true };
const DEFAULTS: Preferences = {
  levels: { in_app: KINDS },
  keywords: [],
  quiet: null,
  threads: "mine",
  push: { text: true },
  email: { mode: "unread", delay_minutes: 10 },
};
const NIGHTS = { from: "22:00", to: "08:00", days: ["fri" as const], zone: "Asia/Seoul" };

let sent: ChangePreferencesBody[];
/** Whether the server takes a change. */
let is_taken: boolean;

beforeEach(() => {
  setLanguage("en");
  sent = [];
  is_taken = true;
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

async function show(stored: Partial<Preferences> = {}): Promise<void> {
  let wishes: Preferences = { ...DEFAULTS, ...stored };
  vi.stubGlobal("fetch", async (_path: string, { method, body }: RequestInit) => {
    if (method === "PUT" && !is_taken) {
      return new Response(JSON.stringify({ error: { code: "invalid", message: "", retryable: false } }), {
        status: 400,
      });
    }
    if (method === "PUT") {
      const change = JSON.parse(String(body)) as ChangePreferencesBody;
      sent.push(change);
      wishes = { ...wishes, ...change } as Preferences;
    }
    return new Response(JSON.stringify(wishes));
  });
  render(<WishesSection />);
  await screen.findByText("Threads");
}

const add = (keyword: string) => {
  fireEvent.change(screen.getByRole("textbox", { name: "Keywords" }), { target: { value: keyword } });
  fireEvent.click(screen.getByRole("button", { name: "Add" }));
};

test("each change is sent by itself, and what is shown is what the server kept", async () => {
  await show({ keywords: ["harbour"] });
  fireEvent.click(screen.getByRole("radio", { name: "All in my rooms" }));
  await waitFor(() => expect(screen.getByRole<HTMLInputElement>("radio", { name: /^All/ }).checked).toBe(true));
  add(" 회의 ");
  fireEvent.click(await screen.findByRole("button", { name: "Remove 회의" }));
  await waitFor(() => expect(screen.queryByText("회의")).toBeNull());
  expect(sent).toEqual([{ threads: "all" }, { keywords: ["harbour", "회의"] }, { keywords: ["harbour"] }]);
});

test("the next keyword may be typed before the one before it is taken", async () => {
  await show();
  add("harbour");
  const field = screen.getByRole<HTMLInputElement>("textbox", { name: "Keywords" });
  fireEvent.change(field, { target: { value: "shi" } });
  await screen.findByText("harbour");
  expect(field.value).toBe("shi");
  add("ship");
  await screen.findByText("ship");
  await waitFor(() => expect(field.value).toBe(""));
});

test("a keyword that could never be found is not sent, and the field says why", async () => {
  await show();
  add("!?");
  expect(screen.getByRole("alert").textContent).toContain("a letter or a digit");
  add("one two three four five");
  expect(screen.getByRole("alert")).toBeTruthy();
  expect(sent).toEqual([]);
});

test("what the server does not take stays as it was, and is said", async () => {
  await show();
  is_taken = false;
  fireEvent.click(screen.getByRole("radio", { name: "All in my rooms" }));
  expect(await screen.findByRole("alert")).toBeTruthy();
  expect(screen.getByRole<HTMLInputElement>("radio", { name: /^Those/ }).checked).toBe(true);
});

test("quiet hours begin with the night of where one is, and each of their parts can be changed", async () => {
  await show();
  fireEvent.click(screen.getByRole("switch", { name: /at night/ }));
  const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  expect(await screen.findByLabelText("From")).toBeTruthy();
  expect(sent[0]?.quiet).toEqual({
    from: "22:00",
    to: "08:00",
    days: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
    zone,
  });
  fireEvent.click(screen.getByRole("switch", { name: /at night/ }));
  await waitFor(() => expect(screen.queryByLabelText("From")).toBeNull());
  expect(sent[1]).toEqual({ quiet: null });
});

test("pushes are said to show no text by a switch of their own", async () => {
  await show();
  const shows = () => screen.getByRole<HTMLInputElement>("switch", { name: /in pushes/ });
  expect(shows().checked).toBe(true);
  fireEvent.click(shows());
  await waitFor(() => expect(shows().checked).toBe(false));
  expect(sent).toEqual([{ push: { text: false } }]);
});

test("the parts of quiet hours are changed one by one", async () => {
  await show({ quiet: NIGHTS });
  fireEvent.change(screen.getByLabelText("Until"), { target: { value: "07:30" } });
  await waitFor(() => expect(sent).toHaveLength(1));
  fireEvent.click(screen.getByRole("checkbox", { name: "Mon" }));
  await waitFor(() => expect(sent).toHaveLength(2));
  fireEvent.change(screen.getByRole("combobox", { name: "Time zone" }), { target: { value: "Europe/Berlin" } });
  await waitFor(() => expect(sent).toHaveLength(3));
  expect(sent.map(({ quiet }) => quiet)).toEqual([
    { ...NIGHTS, to: "07:30" },
    { ...NIGHTS, to: "07:30", days: ["mon", "fri"] },
    { ...NIGHTS, to: "07:30", days: ["mon", "fri"], zone: "Europe/Berlin" },
  ]);
});
