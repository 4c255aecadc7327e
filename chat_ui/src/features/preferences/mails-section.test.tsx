import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { setLanguage } from "@/lib/i18n";
import type { ChangePreferencesBody, Mails, Reach } from "@/lib/protocol";
import { MailsSection } from "./mails-section";

let sent: ChangePreferencesBody[];

beforeEach(() => {
  setLanguage("en");
  sent = [];
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  return setLanguage("en");
});

/** Show the section to somebody who is reached so and wishes for this. */
function show(reach: Reach, email: Mails = { mode: "unread", delay_minutes: 10 }): void {
  let wishes = { email };
  vi.stubGlobal("fetch", async (path: string, { method, body }: RequestInit) => {
    if (path === "/api/notifications/email") return new Response(JSON.stringify(reach));
    if (method === "PUT") {
      const change = JSON.parse(String(body)) as ChangePreferencesBody;
      sent.push(change);
      wishes = { ...wishes, ...change } as typeof wishes;
    }
    return new Response(JSON.stringify(wishes));
  });
  render(<MailsSection />);
}

const REACHED = { sends: true, address: "bob@example.com" };

test("one reads where mails go, and chooses when", async () => {
  show(REACHED);
  expect(await screen.findByText("bob@example.com")).toBeTruthy();
  fireEvent.change(await screen.findByRole("combobox", { name: "Once it is unread for" }), { target: { value: "60" } });
  await waitFor(() => expect(sent).toEqual([{ email: { mode: "unread", delay_minutes: 60 } }]));
  fireEvent.click(screen.getByRole("radio", { name: "Weekly" }));
  await waitFor(() => expect(sent[1]).toEqual({ email: { mode: "weekly", delay_minutes: 60 } }));
  expect(screen.queryByRole("combobox")).toBeNull();
  expect(await screen.findByText(/On Mondays at nine/)).toBeTruthy();
});

test("a delay that another client chose stands among the others", async () => {
  show(REACHED, { mode: "unread", delay_minutes: 45 });
  const options = (await screen.findAllByRole("option")).map(({ textContent }) => textContent);
  expect(options).toEqual(["5 minutes", "10 minutes", "30 minutes", "45 minutes", "1 hour", "4 hours", "24 hours"]);
  expect(screen.getByRole<HTMLSelectElement>("combobox").value).toBe("45");
});

test("who has confirmed no address is led to where it is given", async () => {
  show({ sends: true, address: null });
  const link = await screen.findByRole("link", { name: "Give your address" });
  expect(link.getAttribute("href")).toBe("/settings/profile");
});

test("where no mails are sent that is said, and nothing is to be chosen, in Korean too", async () => {
  await setLanguage("ko");
  show({ sends: false, address: null });
  expect(await screen.findByText(/메일 서버가 없어서/)).toBeTruthy();
  expect(screen.queryByRole("radio")).toBeNull();
});

test("where one cannot be told how one is reached, that is said", async () => {
  const error = { code: "unavailable", message: "", retryable: true };
  vi.stubGlobal("fetch", async () => new Response(JSON.stringify({ error }), { status: 503 }));
  render(<MailsSection />);
  expect(await screen.findByRole("alert")).toBeTruthy();
});
