import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test } from "vitest";
import { setDensity, setTheme } from "@/lib/appearance";
import { setLanguage, useT } from "@/lib/i18n";
import { setTimeFormat } from "@/lib/i18n/time-format";
import { clockTime } from "@/lib/i18n/times";
import { areSingleKeysOn } from "@/lib/single-keys";
import PreferencesDialog from "./preferences-dialog";

beforeEach(() => {
  localStorage.clear();
  setLanguage("en");
});
afterEach(() => {
  cleanup();
  setTimeFormat(null);
  setTheme("system");
  setDensity("comfortable");
  return setLanguage("en");
});

const chosen = (name: string) => screen.getByRole<HTMLSelectElement>("combobox", { name });
const choose = (name: string, value: string) => fireEvent.change(chosen(name), { target: { value } });

/** Shows a time beside the dialog, as a message does. */
function Clock() {
  useT();
  return <output>{clockTime(new Date(2026, 10, 27, 14, 5)).replace(/\s/, " ")}</output>;
}

test("each choice holds at once, for what is on the page already, and is kept", async () => {
  render(
    <>
      <Clock />
      <PreferencesDialog onClose={() => {}} />
    </>,
  );
  expect(screen.getByRole("status").textContent).toBe("14:05");
  choose("Time", "12");
  expect(screen.getByRole("status").textContent).toBe("2:05 PM");
  choose("Theme", "dark");
  choose("Density", "compact");
  expect(document.documentElement.dataset).toMatchObject({ theme: "dark", density: "compact" });
  fireEvent.click(screen.getByRole("switch", { name: "Single keys" }));
  expect(areSingleKeysOn()).toBe(false);
  choose("Language", "ko");
  await waitFor(() => expect(screen.getByRole("heading", { name: "설정" })).toBeTruthy());
  expect(chosen("시간 표시").value).toBe("12");
  expect(Object.entries(localStorage).sort()).toEqual([
    ["chatflow.density", "compact"],
    ["chatflow.language", "ko"],
    ["chatflow.single_keys", "off"],
    ["chatflow.theme", "dark"],
    ["chatflow.time_format", "12"],
  ]);
  fireEvent.click(screen.getByRole("switch"));
  expect(areSingleKeysOn()).toBe(true);
});
