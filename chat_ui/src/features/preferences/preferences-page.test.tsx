import { act, cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { setDensity, setTheme } from "@/lib/appearance";
import { setLanguage, useT } from "@/lib/i18n";
import { setTimeFormat } from "@/lib/i18n/time-format";
import { clockTime } from "@/lib/i18n/time-words";
import { setTimeZone } from "@/lib/i18n/time-zone";
import { learn } from "@/lib/people";
import type { Setting } from "@/lib/router";
import { areSingleKeysOn } from "@/lib/single-keys";
import { ME, user } from "@/testing/events";
import PreferencesPage from "./preferences-page";

beforeEach(() => {
  localStorage.clear();
  setLanguage("en");
  learn([user(ME)]);
  // All of them are a long list to look through again and again.
  vi.spyOn(Intl, "supportedValuesOf").mockReturnValue(["Asia/Seoul", "Pacific/Kiritimati"]);
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  setTimeFormat(null);
  setTimeZone(null);
  setTheme("system");
  setDensity("comfortable");
  return setLanguage("en");
});

const choose = (name: string | RegExp) => fireEvent.click(screen.getByRole("radio", { name }));
const isChosen = (name: string | RegExp) => screen.getByRole<HTMLInputElement>("radio", { name }).checked;

/** Shows a time beside the page, as a message does. */
function Clock() {
  useT();
  return <output>{clockTime(new Date(2026, 10, 27, 14, 5)).replace(/\s/, " ")}</output>;
}

function show(part: Setting): void {
  cleanup();
  render(
    <>
      <Clock />
      <PreferencesPage part={part} user={user(ME)} status={null} bar={null} />
    </>,
  );
}

test("each choice holds at once, for what is on the page already, and is kept", async () => {
  show("language");
  expect(screen.getByRole("status").textContent).toBe("14:05");
  choose(/^12 hours/);
  expect(screen.getByRole("status").textContent).toBe("2:05 PM");
  show("look");
  choose("Dark");
  choose("Compact");
  expect(document.documentElement.dataset).toMatchObject({ theme: "dark", density: "compact" });
  show("keys");
  fireEvent.click(screen.getByRole("switch", { name: "Single keys" }));
  expect(areSingleKeysOn()).toBe(false);
  show("language");
  choose("한국어");
  await waitFor(() => expect(screen.getByRole("heading", { name: "설정" })).toBeTruthy());
  expect(isChosen(/^12시간제/)).toBe(true);
  expect(Object.entries(localStorage).sort()).toEqual([
    ["chatflow.density", "compact"],
    ["chatflow.language", "ko"],
    ["chatflow.single_keys", "off"],
    ["chatflow.theme", "dark"],
    ["chatflow.time_format", "12"],
  ]);
  show("keys");
  fireEvent.click(screen.getByRole("switch"));
  expect(areSingleKeysOn()).toBe(true);
});

test("the name that others see is saved when one leaves the field, and what is wrong with it is said there", async () => {
  const sent: unknown[] = [];
  const answers = [
    Response.json(
      { error: { code: "conflict", message: "display_name: it looks like …", retryable: false } },
      { status: 409 },
    ),
    Response.json({ ...user(ME), display_name: "Me again" }),
  ];
  vi.stubGlobal("fetch", async (_path: string, { method, body }: RequestInit) => {
    // The address below is asked for as well.
    if (method === "GET") return Response.json({ ...user(ME), email: null, email_confirmed: false });
    sent.push(JSON.parse(String(body)));
    return answers.shift();
  });
  show("profile");
  const field = screen.getByRole<HTMLInputElement>("textbox", { name: "Name shown to others" });
  fireEvent.blur(field);
  expect(sent).toEqual([]);
  fireEvent.change(field, { target: { value: "Somebody" } });
  fireEvent.blur(field);
  expect((await screen.findByRole("alert")).textContent).toMatch(/looks like the username of somebody else/);
  expect(field.getAttribute("aria-invalid")).toBe("true");
  fireEvent.change(field, { target: { value: " Me again " } });
  fireEvent.blur(field);
  await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
  expect(sent).toEqual([{ display_name: "Somebody" }, { display_name: "Me again" }]);
  expect(screen.getByText("Me again")).toBeTruthy();
});

test("the time zone is the person's on every device, and one that could not be kept is not shown on", async () => {
  const sent: unknown[] = [];
  const answers = [Response.json({ ...user(ME), time_zone: "Pacific/Kiritimati" }), Response.error()];
  vi.stubGlobal("fetch", async (_path: string, { body }: RequestInit) => {
    sent.push(JSON.parse(String(body)));
    return answers.shift();
  });
  show("language");
  const field = screen.getByRole<HTMLSelectElement>("combobox", { name: "Time zone" });
  const choose = (zone: string) => act(async () => void fireEvent.change(field, { target: { value: zone } }));
  const clock = () => screen.getByRole("status").textContent;
  const here = clock();
  await choose("Pacific/Kiritimati");
  expect(clock()).not.toBe(here);
  expect(field.value).toBe("Pacific/Kiritimati");
  await choose("Asia/Seoul");
  expect(await screen.findByRole("alert")).toBeTruthy();
  expect(field.value).toBe("Pacific/Kiritimati");
  expect(sent).toEqual([{ time_zone: "Pacific/Kiritimati" }, { time_zone: "Asia/Seoul" }]);
});
