import { act, cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { setLanguage } from "@/lib/i18n";
import type { Profile } from "@/lib/protocol";
import { ME, user } from "@/testing/events";
import { EmailSection } from "./email-section";

const NOTHING = { email: null, email_confirmed: false, email_pending: null, email_refused: false };

let profile: Profile;
const sent: string[] = [];

/** Answers as user_service does. */
async function answer(path: string, { method, body }: RequestInit): Promise<Response> {
  if (method !== "GET") sent.push([method, path, body].filter(Boolean).join(" "));
  if (method === "DELETE") {
    profile = { ...profile, ...NOTHING };
    return new Response(null, { status: 204 });
  }
  if (method === "POST") {
    const { email } = JSON.parse(String(body));
    if (!email.includes("@")) {
      const message = "email: an e-mail address, as ada@example.com.";
      return Response.json({ error: { code: "invalid", message, retryable: false } }, { status: 400 });
    }
    profile = { ...profile, email: profile.email_confirmed ? profile.email : email, email_pending: email };
    return Response.json(profile, { status: 202 });
  }
  return Response.json(profile);
}

beforeEach(async () => {
  await setLanguage("en");
  sent.length = 0;
  profile = { ...user(ME), locale: null, time_zone: null, ...NOTHING };
  vi.stubGlobal("fetch", answer);
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const write = async (address: string) => {
  fireEvent.change(await screen.findByRole("textbox", { name: "E-mail address" }), { target: { value: address } });
  await press("Send the link");
};
const press = (name: string) => act(async () => void fireEvent.click(screen.getByRole("button", { name })));

test("an address waits until its link is followed, and then it is confirmed", async () => {
  render(<EmailSection />);
  await write("me@example.com");
  expect(screen.getByText("me@example.com")).toBeTruthy();
  expect(screen.getByRole("status").textContent).toMatch(/^Waiting for you/);
  await press("Send again");
  expect(screen.getByRole("status").textContent).toMatch(/^Sent again/);
  const given = 'POST /api/users/me/email {"email":"me@example.com"}';
  expect(sent).toEqual([given, given]);
  // The link is followed elsewhere, and one comes back to this page.
  profile = { ...profile, email_confirmed: true, email_pending: null };
  vi.spyOn(document, "hasFocus").mockReturnValue(true);
  fireEvent.focus(window);
  await waitFor(() => expect(screen.getByText("Confirmed")).toBeTruthy());
  expect(screen.queryByRole("button", { name: "Send again" })).toBeNull();
});

test("the address in use stays beside the one that waits, and both can be removed", async () => {
  profile = { ...profile, email: "old@example.com", email_confirmed: true };
  render(<EmailSection />);
  await screen.findByText("Confirmed");
  await press("Change");
  await write("new@example.com");
  expect(screen.getByText("old@example.com")).toBeTruthy();
  expect(screen.getByText("new@example.com")).toBeTruthy();
  await press("Remove");
  expect(sent.at(-1)).toBe("DELETE /api/users/me/email");
  expect(await screen.findByRole("textbox", { name: "E-mail address" })).toBeTruthy();
  expect(screen.queryByText(/example\.com/)).toBeNull();
});

test("what is no address is said at the field, and an address that a server refused is called so", async () => {
  render(<EmailSection />);
  await write("nobody");
  expect(screen.getByRole("textbox").getAttribute("aria-invalid")).toBe("true");
  expect(screen.getByText("Write one e-mail address, as ada@example.com.")).toBeTruthy();
  cleanup();
  profile = { ...profile, email: "typo@example.com", email_pending: "typo@example.com", email_refused: true };
  render(<EmailSection />);
  expect((await screen.findByRole("status")).textContent).toMatch(/does not know this address/);
});
