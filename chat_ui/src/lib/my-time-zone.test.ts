import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ME, user } from "@/testing/events";
import { setTimeZone, timeZone } from "./i18n/time-zone";
import { chooseTimeZone, readMyTimeZone } from "./my-time-zone";

type Answer = (response: Response) => void;

/** What was asked, in turn, and how to answer it. */
let asked: { method: string; time_zone: unknown; answer: Answer }[];

beforeEach(() => {
  asked = [];
  vi.stubGlobal("fetch", (_path: string, { method = "", body }: RequestInit) => {
    const time_zone = body && JSON.parse(String(body)).time_zone;
    return new Promise<Response>((answer) => asked.push({ method, time_zone, answer }));
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  setTimeZone(null);
  localStorage.clear();
});

const profile = (time_zone: string | null) => Response.json({ ...user(ME), time_zone });
const answer = async (place: number, response: Response) => {
  await vi.waitFor(() => expect(asked.length).toBeGreaterThan(place));
  asked[place]?.answer(response);
};

test("a zone that is chosen while the kept one is asked for stays", async () => {
  const reading = readMyTimeZone();
  await vi.waitFor(() => expect(asked).toHaveLength(1));
  const choosing = chooseTimeZone("Asia/Seoul");
  await answer(0, profile("Europe/Berlin"));
  await reading;
  expect(timeZone()).toBe("Asia/Seoul");
  await answer(1, profile("Asia/Seoul"));
  await choosing;
  expect(timeZone()).toBe("Asia/Seoul");
});

test("the kept one is asked for after what was chosen before has been kept", async () => {
  const choosing = chooseTimeZone("Asia/Seoul");
  const reading = readMyTimeZone();
  await answer(0, profile("Asia/Seoul"));
  await answer(1, profile("Asia/Seoul"));
  await Promise.all([choosing, reading]);
  expect(asked.map(({ method }) => method)).toEqual(["PATCH", "GET"]);
});

test("choices are kept in their order, and where the last one fails the one before it is shown", async () => {
  const first = chooseTimeZone("Asia/Seoul");
  const second = chooseTimeZone("Europe/Berlin");
  expect(timeZone()).toBe("Europe/Berlin");
  await answer(0, profile("Asia/Seoul"));
  await first;
  expect(timeZone()).toBe("Europe/Berlin");
  await answer(1, Response.error());
  await expect(second).rejects.toThrow();
  expect(timeZone()).toBe("Asia/Seoul");
  expect(asked.map(({ time_zone }) => time_zone)).toEqual(["Asia/Seoul", "Europe/Berlin"]);
});
