import { cleanup, renderHook } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { useVisibleHeight } from "./use-visible-height";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

test("the page ends above a keyboard that lies over it, and not where somebody has zoomed in", () => {
  const view = Object.assign(new EventTarget(), { height: 800, scale: 1 });
  vi.stubGlobal("visualViewport", view);
  vi.stubGlobal("innerHeight", 800);
  const scrollTo = vi.fn();
  vi.stubGlobal("scrollTo", scrollTo);
  const heightAt = (height: number, scale = 1) => {
    Object.assign(view, { height, scale });
    view.dispatchEvent(new Event("resize"));
    return document.documentElement.style.height;
  };
  const { unmount } = renderHook(useVisibleHeight);
  expect(heightAt(460)).toBe("460px");
  expect(scrollTo).toHaveBeenCalledWith(0, 0);
  expect(heightAt(740)).toBe("");
  expect(heightAt(400, 2)).toBe("");
  heightAt(460);
  unmount();
  expect(document.documentElement.style.height).toBe("");
});
