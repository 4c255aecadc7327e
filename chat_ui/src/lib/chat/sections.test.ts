import { beforeEach, expect, type MockInstance, test, vi } from "vitest";
import { ApiError } from "@/lib/api";
import { room } from "@/testing/events";
import { renameSection } from "./sections";
import * as socket from "./socket";
import { putTimeline, resetChat, useChat } from "./store";
import { startTimeline } from "./timeline";

const sections = () => Object.values(useChat.getState().timelines).map((timeline) => timeline.room.section);
let ask: MockInstance<typeof socket.ask>;

beforeEach(() => {
  resetChat("me");
  ask = vi.spyOn(socket, "ask").mockResolvedValue({ ok: true } as never);
  for (const id of ["a", "b", "c"])
    putTimeline(id, startTimeline(room({ id, section: "Work", favourite: id === "c" })));
  putTimeline("d", startTimeline(room({ id: "d", section: "Home" })));
});

test("a section is renamed with all that is in it, its favourites too, and goes with null", async () => {
  await renameSection("Work", "Office");
  expect(sections()).toEqual(["Office", "Office", "Office", "Home"]);
  await renameSection("Office", null);
  expect(sections()).toEqual([undefined, undefined, undefined, "Home"]);
  expect(ask).toHaveBeenCalledTimes(6);
});

test("too many at once are gone on with when the server says, other refusals are told", async () => {
  const slow = new ApiError({ code: "rate_limited", message: "", retryable: true, retry_after: 0.01 });
  ask.mockResolvedValueOnce({ ok: true } as never).mockRejectedValueOnce(slow);
  await renameSection("Work", "Office");
  expect(sections()).toEqual(["Office", "Office", "Office", "Home"]);
  ask.mockRejectedValue(new ApiError({ code: "unavailable", message: "", retryable: true }));
  ask.mockClear();
  await expect(renameSection("Office", "Work")).rejects.toThrow();
  expect(ask).toHaveBeenCalledTimes(1);
  expect(sections()).toEqual(["Office", "Office", "Office", "Home"]);
});
