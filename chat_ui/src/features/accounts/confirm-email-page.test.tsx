import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { forgetEmailLink, takeEmailLink } from "@/lib/email-link";
import { setLanguage } from "@/lib/i18n";
import ConfirmEmailPage from "./confirm-email-page";

const sent: unknown[] = [];
let answers: Response[] = [];

const refusal = (code: string, status: number) =>
  Response.json({ error: { code, message: code, retryable: status >= 500 } }, { status });

function follow(token: string): void {
  history.replaceState(null, "", `/confirm-email#${token}`);
  takeEmailLink();
}

beforeEach(async () => {
  await setLanguage("en");
  sent.length = 0;
  vi.stubGlobal("fetch", async (path: string, { body }: RequestInit) => {
    sent.push([path, JSON.parse(String(body))]);
    return answers.shift();
  });
});
afterEach(() => {
  cleanup();
  forgetEmailLink();
  vi.unstubAllGlobals();
});

const confirm = () =>
  act(async () => void fireEvent.click(screen.getByRole("button", { name: "Confirm the address" })));
const heading = () => screen.getByRole("heading").textContent;

test("an address is confirmed by whoever says so, and not by the page that is opened", async () => {
  answers = [new Response(null, { status: 204 })];
  follow("token-1");
  render(<ConfirmEmailPage />);
  expect(sent).toEqual([]);
  await confirm();
  expect(sent).toEqual([["/api/auth/email/confirm", { token: "token-1" }]]);
  expect(heading()).toBe("The address is confirmed");
  expect(screen.queryByRole("button", { name: "Confirm the address" })).toBeNull();
});

test.each([
  ["not_found", 404, "This link is no good any more"],
  ["conflict", 409, "The address belongs to another account"],
])("where another try is of no use (%s) there is none", async (code, status, said) => {
  answers = [refusal(code, status)];
  follow("token-2");
  render(<ConfirmEmailPage />);
  await confirm();
  expect(heading()).toBe(said);
  expect(screen.queryByRole("button", { name: "Confirm the address" })).toBeNull();
});

test("what fails for now is said, and can be tried again", async () => {
  answers = [refusal("unavailable", 503), new Response(null, { status: 204 })];
  follow("token-3");
  render(<ConfirmEmailPage />);
  await confirm();
  expect(screen.getByRole("alert").textContent).not.toBe("");
  await confirm();
  expect(heading()).toBe("The address is confirmed");
});

test("without a link there is nothing to confirm, until one is followed in the same tab", () => {
  follow("token-4");
  forgetEmailLink();
  render(<ConfirmEmailPage />);
  expect(heading()).toBe("This link is no good any more");
  act(() => {
    history.replaceState(null, "", "/confirm-email#token-5");
    window.dispatchEvent(new Event("hashchange"));
  });
  expect(heading()).toBe("Confirm your e-mail address");
});
