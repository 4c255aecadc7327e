import { expect, test } from "vitest";
import { isMuted } from "./notify";

const NOW = Date.parse("2026-11-27T12:00:00Z");

test.each([
  ["nothing was chosen", undefined, false],
  ["everything calls", { level: "all", muted_until: null }, false],
  ["nothing calls", { level: "none", muted_until: null }, true],
  ["it is muted until later", { level: "all", muted_until: "2026-11-27T13:00:00Z" }, true],
  ["it was muted until before", { level: "all", muted_until: "2026-11-27T11:00:00Z" }, false],
] as const)("where %s", (_, notify, muted) => {
  expect(isMuted({ notify }, NOW)).toBe(muted);
});
