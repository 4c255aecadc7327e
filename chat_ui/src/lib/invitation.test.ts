import { beforeEach, expect, test } from "vitest";
import { forgetInvitation, invitation, takeInvitation } from "./invitation";

beforeEach(() => {
  sessionStorage.clear();
  forgetInvitation();
});

test("an invitation leaves the address and is kept until it is forgotten", () => {
  history.replaceState(null, "", "/join#room.secret");
  takeInvitation();
  expect(location.href).not.toContain("secret");
  expect(invitation()).toBe("room.secret");
  forgetInvitation();
  expect(invitation()).toBeNull();
});

test("no other address brings an invitation", () => {
  history.replaceState(null, "", "/directory#room.secret");
  takeInvitation();
  expect(invitation()).toBeNull();
});

test("another link that is pasted into the same tab is taken too", () => {
  history.replaceState(null, "", "/join");
  takeInvitation();
  history.replaceState(null, "", "/join#room.second");
  window.dispatchEvent(new Event("hashchange"));
  expect(invitation()).toBe("room.second");
  expect(location.href).not.toContain("second");
});

test("nothing of an invitation is left to whoever comes to this browser later", () => {
  history.replaceState(null, "", "/join#room.secret");
  takeInvitation();
  expect(JSON.stringify({ ...localStorage })).not.toContain("secret");
});
