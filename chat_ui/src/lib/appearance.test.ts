import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { applyAppearance, setDensity, setReducedMotion, setTextSize, setTheme, useReducedMotion } from "./appearance";

beforeEach(() => localStorage.clear());
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

/** Let the system say whether things are to stand still; the answer changes its mind. */
function stubSystem(matches: boolean): (matches: boolean) => void {
  const system = Object.assign(new EventTarget(), { matches });
  vi.stubGlobal("matchMedia", () => system);
  return (now) => {
    system.matches = now;
    system.dispatchEvent(new Event("change"));
  };
}

test("the page follows the system and is comfortable until something is chosen", () => {
  applyAppearance();
  expect(document.documentElement.dataset).toMatchObject({
    theme: "system",
    density: "comfortable",
    size: "100",
    motion: "system",
  });
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

test("the size of the text is said to the style sheet", () => {
  setTextSize("115");
  expect(document.documentElement.dataset.size).toBe("115");
});

test.each([true, false])("motion follows a system that says %s, until it is changed here", (reduced) => {
  const change = stubSystem(reduced);
  const { result } = renderHook(useReducedMotion);
  expect(result.current).toBe(reduced);
  act(() => setReducedMotion(!reduced));
  expect(result.current).toBe(!reduced);
  expect(document.documentElement.dataset.motion).toBe(reduced ? "full" : "reduced");
  act(() => setReducedMotion(reduced));
  expect(document.documentElement.dataset.motion).toBe("system");
  act(() => change(!reduced));
  expect(result.current).toBe(!reduced);
});
