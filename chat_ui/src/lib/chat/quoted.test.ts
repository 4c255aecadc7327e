import { act, cleanup, renderHook, waitFor } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import * as api from "@/lib/api";
import { ME, message, room, trimmed } from "@/testing/events";
import { forgetAllQuoted, forgetQuoted, useQuoted } from "./quoted";
import { putTimeline, resetChat, setLink } from "./store";
import { startTimeline } from "./timeline";

afterEach(() => {
  cleanup();
  forgetAllQuoted();
});

function start(): void {
  resetChat(ME);
  putTimeline("room", startTimeline(room()));
  setLink("online");
}

test("of a quoted message that retention took the text is forgotten", async () => {
  start();
  vi.spyOn(api, "call").mockResolvedValue(message(3));
  const { result } = renderHook(() => useQuoted("room", "message-3"));
  await waitFor(() => expect(result.current).toMatchObject({ text: "text 3" }));
  act(() => forgetQuoted(trimmed(9, 2)));
  expect(result.current).toMatchObject({ text: "text 3" });
  act(() => forgetQuoted(trimmed(10, 3)));
  expect(result.current).toMatchObject({ deleted: true });
  expect(result.current).not.toHaveProperty("text");
});
