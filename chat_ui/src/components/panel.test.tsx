import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { Panel } from "./panel";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

test.each([
  [true, ["Close", "Follow"]],
  [false, ["Follow", "Close"]],
])("on a phone, %s, the way out of a panel stands before what may be done there", (is_phone, order) => {
  vi.stubGlobal("matchMedia", () => Object.assign(new EventTarget(), { matches: is_phone }));
  const action = <button type="button">Follow</button>;
  render(
    <Panel label="Thread" title="Thread" lead="#general" close={{ label: "Close", onClose: () => {} }} action={action}>
      text
    </Panel>,
  );
  const names = screen.getAllByRole("button").map((button) => button.getAttribute("aria-label") ?? button.textContent);
  expect(names).toEqual(order);
});
