import { beforeEach, expect, test } from "vitest";
import { forgetInvitation, invitation, takeInvitation } from "./invitation";

beforeEach(() => localStorage.clear());

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
