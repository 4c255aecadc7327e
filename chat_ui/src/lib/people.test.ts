import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as api from "@/lib/api";
import { BOB, user } from "@/testing/events";
import { useUserName } from "./names";
import { askForUnresolved, doubtPeople, forgetPeople, learn, learnKept, takeShown } from "./people";

const renamed = { ...user(BOB), display_name: "Robert" };
let asked: string[] = [];

beforeEach(() => {
  forgetPeople();
  asked = [];
  vi.spyOn(api, "call").mockImplementation(async (_, path) => {
    asked.push(path);
    return { items: [renamed] } as never;
  });
});
afterEach(cleanup);

const shown = () => act(async () => renderHook(() => useUserName(BOB)));

test("who was kept is asked for once when they are shown", async () => {
  learnKept([user(BOB), user("carol")]);
  const { result } = await shown();
  expect(result.current).toBe("Robert");
  await shown();
  expect(asked).toEqual([`/api/users?ids=${BOB}`]);
});

test("what is known already is newer than what was kept", async () => {
  learn([renamed]);
  learnKept([user(BOB)]);
  const { result } = await shown();
  expect(result.current).toBe("Robert");
  expect(asked).toEqual([]);
});

test("after an absence those on the screen are asked for at once", async () => {
  learn([user(BOB)]);
  const { result } = await shown();
  expect(result.current).toBe(BOB);
  await act(async () => doubtPeople());
  expect(result.current).toBe("Robert");
  expect(asked).toEqual([`/api/users?ids=${BOB}`]);
});

test("who was shown is told once", async () => {
  learn([user(BOB)]);
  await shown();
  expect(takeShown()).toEqual([BOB]);
  expect(takeShown()).toEqual([]);
});

test("who could not be asked for while there was no line is asked for once there is one", async () => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
  vi.mocked(api.call).mockRejectedValueOnce(new Error("no line"));
  const { result } = await shown();
  expect(result.current).toBe("…");
  await act(async () => askForUnresolved());
  expect(result.current).toBe("Robert");
  await act(async () => askForUnresolved());
  expect(asked).toEqual([`/api/users?ids=${BOB}`]);
});
