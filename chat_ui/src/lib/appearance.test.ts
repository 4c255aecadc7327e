import { beforeEach, expect, test } from "vitest";
import { applyAppearance, setDensity, setTheme } from "./appearance";

beforeEach(() => localStorage.clear());

test("the page follows the system and is comfortable until something is chosen", () => {
  applyAppearance();
  expect(document.documentElement.dataset).toMatchObject({ theme: "system", density: "comfortable" });
});

test("what was chosen shows at once and after a reload", () => {
  setTheme("dark");
  setDensity("compact");
  expect(document.documentElement.dataset).toMatchObject({ theme: "dark", density: "compact" });
  document.documentElement.dataset.theme = "";
  applyAppearance();
  expect(document.documentElement.dataset).toMatchObject({ theme: "dark", density: "compact" });
});

test("a stored word that means nothing is passed over", () => {
  localStorage.setItem("chatflow.theme", "sepia");
  applyAppearance();
  expect(document.documentElement.dataset.theme).toBe("system");
});
