import { beforeEach, expect, test } from "vitest";
import { ME, room, user } from "@/testing/events";
import { listen } from "./incoming";
import { resetChat, useChat } from "./store";

/** Say something as the server does. */
type Say = (name: string, payload: object) => void;

function hear(): Say {
  const heard: Record<string, (payload: never) => void> = {};
  listen({ on: (name: string, take: (payload: never) => void) => Object.assign(heard, { [name]: take }) } as never);
  return (name, payload) => heard[name]?.(payload as never);
}

const rooms = Array.from({ length: 1_000 }, (_, number) => room({ id: `room-${number}`, name: `room ${number}` }));

beforeEach(() => resetChat(ME));

test("a thousand rooms come in a few steps, the most recent first", () => {
  const say = hear();
  let steps = 0;
  const unsubscribe = useChat.subscribe(() => {
    steps += 1;
  });
  say("ready", { user: user(ME), rooms, more: false });
  unsubscribe();
  const { timelines, activity, loaded } = useChat.getState();
  expect([Object.keys(timelines).length, loaded]).toEqual([1_000, true]);
  expect(activity["room-0"]).toBeGreaterThan(activity["room-999"] ?? 0);
  expect(steps).toBeLessThan(5);
});
