import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openDesktop } from "@/testing/desktop";
import { claim } from "./tabs";

beforeEach(() => {
  openDesktop("granted");
});
afterEach(() => vi.unstubAllGlobals());

test("what was claimed once nobody else gets, until fifty later ones were claimed", async () => {
  expect(await claim("first")).toBe(true);
  expect(await claim("first")).toBe(false);
  for (let number = 1; number < 50; number += 1) await claim(`later-${number}`);
  expect(await claim("first")).toBe(false);
  await claim("later-50");
  await vi.waitFor(async () => expect(await claim("first")).toBe(true));
});
