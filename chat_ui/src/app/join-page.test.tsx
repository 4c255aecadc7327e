import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as rooms from "@/lib/chat/rooms";
import { resetChat, useChat } from "@/lib/chat/store";
import { setLanguage } from "@/lib/i18n";
import { takeInvitation } from "@/lib/invitation";
import { ME, room } from "@/testing/events";
import { JoinPage } from "./join-page";

const ID = "01980000-0000-7000-8000-000000000001";

beforeEach(async () => {
  await setLanguage("en");
  resetChat(ME);
  useChat.setState({ link: "online" });
  sessionStorage.setItem("chatflow.invitation", `${ID}.secret`);
  takeInvitation();
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  sessionStorage.clear();
});

test("an invitation is followed by whoever says so, and not before", async () => {
  vi.spyOn(rooms, "findInvited").mockResolvedValue(room({ id: ID, name: "general" }));
  const join = vi.spyOn(rooms, "joinByInvitation").mockResolvedValue(ID);
  render(<JoinPage bar={null} />);
  expect(await screen.findByRole("heading", { name: "Join #general?" })).toBeDefined();
  expect(join).not.toHaveBeenCalled();
  fireEvent.click(screen.getByRole("button", { name: "Join" }));
  expect(join).toHaveBeenCalledWith(`${ID}.secret`);
  await vi.waitFor(() => expect(location.pathname).toBe(`/rooms/${ID}`));
});

test("a room of which strangers see nothing is not named", async () => {
  vi.spyOn(rooms, "findInvited").mockResolvedValue(null);
  render(<JoinPage bar={null} />);
  expect(await screen.findByRole("heading", { name: "Join this room?" })).toBeDefined();
});
