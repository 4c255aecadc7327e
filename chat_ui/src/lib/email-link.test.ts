import { renderHook } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { forgetEmailLink, takeEmailLink, useEmailLink } from "./email-link";

const taken = () => renderHook(() => useEmailLink()).result.current;

beforeEach(forgetEmailLink);

test("a token leaves the address at once, and the browser keeps it nowhere", () => {
  history.replaceState(null, "", "/confirm-email#secret-1");
  takeEmailLink();
  expect(taken()).toBe("secret-1");
  expect(location.href).not.toContain("secret");
  expect(JSON.stringify([{ ...localStorage }, { ...sessionStorage }])).not.toContain("secret");
});

test("another link that is followed in the same tab is taken too, and on no other page", () => {
  history.replaceState(null, "", "/join#room.secret");
  takeEmailLink();
  expect(taken()).toBeNull();
  history.replaceState(null, "", "/confirm-email#secret-2");
  window.dispatchEvent(new Event("hashchange"));
  expect(taken()).toBe("secret-2");
});
