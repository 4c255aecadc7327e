import { afterEach, expect, test } from "vitest";
import { setLanguage } from "./index";
import { setTimeFormat } from "./time-format";
import { clockTime, dayTitle } from "./time-words";

const NOW = new Date(2026, 10, 27, 12);

afterEach(() => {
  setTimeFormat(null);
  return setLanguage("en");
});

test("a day is named in full, and as today or yesterday where it is that", () => {
  setLanguage("en");
  expect(dayTitle(new Date(2026, 10, 27, 9), NOW)).toBe("Today, Friday, November 27");
  expect(dayTitle(new Date(2026, 10, 26, 23), NOW)).toBe("Yesterday, Thursday, November 26");
  expect(dayTitle(new Date(2025, 10, 27), NOW)).toBe("Thursday, November 27, 2025");
  setLanguage("ko");
  expect(dayTitle(new Date(2026, 10, 27, 9), NOW)).toBe("오늘, 11월 27일 금요일");
});

test("English writes 24 hours and Korean 12, unless the person chose", () => {
  const at = new Date(2026, 10, 27, 14, 5);
  setLanguage("en");
  expect(clockTime(at)).toBe("14:05");
  expect(clockTime(new Date(2026, 10, 27, 9, 41))).toBe("9:41");
  expect(clockTime(new Date(2026, 10, 27, 0, 0))).toBe("0:00");
  setTimeFormat("12");
  // Between the time and its half of the day stands a narrow space.
  expect(clockTime(at).replace(/\s/, " ")).toBe("2:05 PM");
  setLanguage("ko");
  setTimeFormat(null);
  expect(clockTime(at)).toBe("오후 2:05");
  setTimeFormat("24");
  expect(clockTime(at)).toBe("14:05");
});
