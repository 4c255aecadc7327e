import { afterEach, expect, test } from "vitest";
import { setLanguage } from "./index";
import { dayTitle } from "./times";

const NOW = new Date(2026, 10, 27, 12);

afterEach(() => setLanguage("en"));

test("a day is named in full, and as today or yesterday where it is that", () => {
  setLanguage("en");
  expect(dayTitle(new Date(2026, 10, 27, 9), NOW)).toBe("Today, Friday, November 27");
  expect(dayTitle(new Date(2026, 10, 26, 23), NOW)).toBe("Yesterday, Thursday, November 26");
  expect(dayTitle(new Date(2025, 10, 27), NOW)).toBe("Thursday, November 27, 2025");
  setLanguage("ko");
  expect(dayTitle(new Date(2026, 10, 27, 9), NOW)).toBe("오늘, 11월 27일 금요일");
});
