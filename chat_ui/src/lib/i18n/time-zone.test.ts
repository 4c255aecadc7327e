import { afterEach, expect, test, vi } from "vitest";
import { setLanguage } from "./index";
import { clockTime, dayTitle, fullTime, isSameDay, shortTime } from "./time-words";
import { dayNumber, followTimeZone, momentOf, setTimeZone, timeZone } from "./time-zone";

const at = (iso: string) => new Date(iso);

afterEach(() => {
  setTimeZone(null);
  localStorage.clear();
  return setLanguage("en");
});

test("times and days are those of the zone, whatever the device says", async () => {
  await setLanguage("en");
  const evening = at("2026-11-27T16:30:00Z");
  setTimeZone("Asia/Seoul");
  expect(clockTime(evening)).toBe("1:30");
  expect(dayTitle(evening, at("2026-11-28T03:00:00Z"))).toBe("Today, Saturday, November 28");
  expect(isSameDay(evening, at("2026-11-27T14:59:00Z"))).toBe(false);
  expect(fullTime(evening)).toContain("Saturday, November 28, 2026");
  setTimeZone("America/New_York");
  expect(clockTime(evening)).toBe("11:30");
  expect(isSameDay(evening, at("2026-11-27T14:59:00Z"))).toBe(true);
  expect(shortTime(at("2025-12-31T23:30:00-05:00"), evening)).toBe("Dec 31, 2025");
  await setLanguage("ko");
  expect(clockTime(evening)).toBe("오전 11:30");
});

test("an hour of a day is found on both sides of a change of the clocks", () => {
  setTimeZone("Europe/Berlin");
  const saturday = dayNumber(at("2026-10-24T12:00:00Z"));
  expect(momentOf(saturday, 8)).toEqual(at("2026-10-24T06:00:00Z"));
  expect(momentOf(saturday + 1, 8)).toEqual(at("2026-10-25T07:00:00Z"));
  expect(momentOf(saturday + 1, 0)).toEqual(at("2026-10-24T22:00:00Z"));
  // Here the clocks are changed between the moment and the same figures in UTC.
  setTimeZone("America/New_York");
  expect(momentOf(dayNumber(at("2026-11-01T12:00:00Z")), 4)).toEqual(at("2026-11-01T09:00:00Z"));
});

test("the zone is kept by the browser, and one that it does not know is that of the device", () => {
  const warn = vi.spyOn(console, "warn").mockReturnValue();
  setTimeZone("Asia/Seoul");
  expect(localStorage.getItem("chatflow.time_zone")).toBe("Asia/Seoul");
  setTimeZone("Moon/Tranquility");
  expect(timeZone()).toBeUndefined();
  expect(localStorage.getItem("chatflow.time_zone")).toBeNull();
  expect(warn).toHaveBeenCalledOnce();
  warn.mockRestore();
});

test("whoever shows times is told of another zone, and not of the same one again", () => {
  const redraw = vi.fn();
  const stop = followTimeZone(redraw);
  setTimeZone("Asia/Seoul");
  setTimeZone("Asia/Seoul");
  expect(redraw).toHaveBeenCalledOnce();
  stop();
});
