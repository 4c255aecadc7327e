import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { FailureBoundary } from "./failure-boundary";

afterEach(cleanup);

function Broken(): never {
  throw new Error("a file is gone");
}

test("what failed is replaced, and the rest of the page stays", () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  const onFailure = vi.fn();
  render(
    <>
      <p>the rest</p>
      <FailureBoundary instead={<p>instead</p>} onFailure={onFailure}>
        <Broken />
      </FailureBoundary>
    </>,
  );
  expect(screen.getByText("instead")).toBeTruthy();
  expect(screen.getByText("the rest")).toBeTruthy();
  expect(onFailure).toHaveBeenCalledOnce();
});
