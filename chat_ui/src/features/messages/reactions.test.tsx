import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test } from "vitest";
import { setLanguage } from "@/lib/i18n";
import { learn } from "@/lib/people";
import { BOB, ME, message, user } from "@/testing/events";
import { Reactions } from "./reactions";

beforeEach(() => {
  setLanguage("en");
  learn([user(ME), user(BOB)]);
});
afterEach(cleanup);

const REACTED = {
  ...message(1),
  reactions: [
    { emoji: "👀", count: 2, user_ids: [ME, BOB], mine: true },
    { emoji: "🎉", count: 60, user_ids: [BOB], mine: false },
  ],
};

test("each emoji says who put it, and whether one did oneself", () => {
  render(<Reactions message={REACTED} may_react onFailure={() => {}} />);
  const [eyes, party] = screen.getAllByRole("button");
  expect(eyes?.getAttribute("aria-label")).toContain("👀: me, bob");
  expect(eyes?.getAttribute("aria-pressed")).toBe("true");
  expect(party?.getAttribute("aria-label")).toContain("+59");
  expect(party?.getAttribute("aria-pressed")).toBe("false");
});

test("a press that the server does not take is told", async () => {
  const told: string[] = [];
  render(<Reactions message={REACTED} may_react onFailure={(reason) => reason && told.push(reason)} />);
  fireEvent.click(screen.getAllByRole("button")[0] as HTMLElement);
  await waitFor(() => expect(told).toHaveLength(1));
});

test("who may not react is offered nothing that would be refused", () => {
  render(<Reactions message={REACTED} may_react={false} onFailure={() => {}} />);
  expect(screen.getAllByRole<HTMLButtonElement>("button").map(({ disabled }) => disabled)).toEqual([true, true]);
});
