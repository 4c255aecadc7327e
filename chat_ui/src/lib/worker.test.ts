import { afterAll, beforeEach, expect, test } from "vitest";
import { resetChat, useChat } from "./chat/store";
import { countAsUnsaved } from "./unsaved";
import { isTimeToReload, registerWorker } from "./worker";

let unsaved = 0;
countAsUnsaved(() => unsaved);

/** Stands for the browser's workers, one of which is there and is then followed by a newer one. */
class Workers extends EventTarget {
  controller = {};
  register = () => new Promise(() => undefined);
}

beforeEach(() => {
  resetChat("me");
  unsaved = 0;
  const workers = new Workers();
  Object.defineProperty(navigator, "serviceWorker", { configurable: true, value: workers });
  registerWorker();
  workers.dispatchEvent(new Event("controllerchange"));
});
afterAll(() => void Reflect.deleteProperty(navigator, "serviceWorker"));

test("a newer page is loaded once nothing would go", () => {
  expect(isTimeToReload()).toBe(true);
});

test("what was begun in a room that is not shown holds the newer page back", () => {
  unsaved = 1;
  expect(isTimeToReload()).toBe(false);
});

test("an outbox that this browser could not keep holds the newer page back", () => {
  useChat.setState({ kept: false });
  expect(isTimeToReload()).toBe(false);
});
