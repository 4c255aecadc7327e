import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { Suspense } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FailureBoundary } from "@/components/failure-boundary";
import { PartFailed } from "@/components/part-failed";
import { resetChat } from "@/lib/chat/store";
import { setLanguage } from "@/lib/i18n";
import { countAsUnsaved } from "@/lib/unsaved";
import { ME } from "@/testing/events";
import { lazily } from "./lazily";

let unsaved = 0;
countAsUnsaved(() => unsaved);

const reload = vi.fn();
/** The page that the server has now. */
let page = "";

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, "error").mockImplementation(() => {});
  localStorage.clear();
  sessionStorage.clear();
  setLanguage("en");
  resetChat(ME);
  unsaved = 0;
  reload.mockClear();
  vi.spyOn(location, "reload").mockImplementation(reload);
  vi.stubGlobal("fetch", async () => new Response(page));
  // Its address is read here, and never loaded.
  Reflect.get(window, "happyDOM").settings.handleDisabledFileLoadingAsSuccess = true;
  document.head.innerHTML = '<script type="module" src="/assets/index-1.js"></script>';
  page = '<script type="module" src="/assets/index-1.js"></script>';
});
afterEach(() => {
  cleanup();
  document.head.innerHTML = "";
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Show a part whose file fails to come so many times. */
function show(failures: number): void {
  let left = failures;
  const Part = lazily(async () => {
    left -= 1;
    if (left >= 0) throw new TypeError("Failed to fetch dynamically imported module");
    return { default: () => <p>the part</p> };
  });
  render(
    <FailureBoundary instead={(again) => <PartFailed again={again} />}>
      <Suspense fallback={<p>loading</p>}>
        <Part />
      </Suspense>
    </FailureBoundary>,
  );
}
const pass = (milliseconds: number) => act(() => vi.advanceTimersByTimeAsync(milliseconds));

test("a file that did not come is asked for once more by itself", async () => {
  show(1);
  await pass(1_100);
  expect(screen.getByText("the part")).toBeTruthy();
});

test("a part that was prepared is there at once", async () => {
  const Part = lazily(async () => ({ default: () => <p>the part</p> }));
  await Part.prepare();
  render(
    <Suspense fallback={<p>loading</p>}>
      <Part />
    </Suspense>,
  );
  expect(screen.getByText("the part")).toBeTruthy();
});

test("what does not come then either says so, and a press tries again", async () => {
  show(2);
  await pass(1_100);
  expect(screen.getByText("This part could not be loaded.")).toBeTruthy();
  fireEvent.click(screen.getByRole("button", { name: "Try again" }));
  await pass(100);
  expect(screen.getByText("the part")).toBeTruthy();
  expect(reload).not.toHaveBeenCalled();
});

test("where the server has another version by now, the page is loaded anew, once", async () => {
  page = '<script type="module" src="/assets/index-2.js"></script>';
  show(9);
  await pass(1_100);
  expect(reload).toHaveBeenCalledTimes(1);
  fireEvent.click(screen.getByRole("button", { name: "Try again" }));
  await pass(1_100);
  expect(reload).toHaveBeenCalledTimes(1);
});

test("but not while something that was typed would be lost", async () => {
  page = '<script type="module" src="/assets/index-2.js"></script>';
  unsaved = 1;
  show(9);
  await pass(1_100);
  expect(reload).not.toHaveBeenCalled();
  expect(screen.getByRole("button", { name: "Try again" })).toBeTruthy();
});
