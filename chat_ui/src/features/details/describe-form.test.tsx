import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { changeRoom } from "@/lib/chat/membership";
import { dropTimeline, putTimeline, resetChat } from "@/lib/chat/store";
import { startTimeline } from "@/lib/chat/timeline";
import { setLanguage } from "@/lib/i18n";
import type { Room } from "@/lib/protocol";
import { countUnsaved } from "@/lib/unsaved";
import { ME, room } from "@/testing/events";
import { DescribeForm } from "./describe-form";

vi.mock("@/lib/chat/membership", { spy: true });

const topic = () => screen.getByRole<HTMLInputElement>("textbox", { name: "Topic" });
const type = (text: string) => fireEvent.change(topic(), { target: { value: text } });

/** Show the form of a room, as after going there from elsewhere. */
function show(changes: Partial<Room> = {}): void {
  cleanup();
  const shown = room({ topic: "as it was", role: "owner", ...changes });
  putTimeline(shown.id, startTimeline(shown));
  render(<DescribeForm key={shown.id} room={shown} />);
}

beforeEach(() => {
  setLanguage("en");
  resetChat("");
  resetChat(ME);
});
afterEach(cleanup);

test("what was typed outlives going to another room, and each room has its own", () => {
  show();
  type("half a topic");
  show({ id: "other", topic: "of the other" });
  expect(topic().value).toBe("of the other");
  show();
  expect(topic().value).toBe("half a topic");
  expect(countUnsaved()).toBe(1);
});

test("what is typed as it was before is nothing unsaved", () => {
  show();
  type("half a topic");
  type("as it was");
  expect(countUnsaved()).toBe(0);
  show({ topic: "by somebody else" });
  expect(topic().value).toBe("by somebody else");
});

test("nothing is left of what was saved, except what was typed since", async () => {
  let save = () => {};
  vi.mocked(changeRoom).mockReturnValue(
    new Promise((resolve) => {
      save = resolve;
    }),
  );
  show();
  const description = screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Description" });
  type("a topic");
  fireEvent.change(description, { target: { value: "a text" } });
  fireEvent.click(screen.getByRole("button", { name: "Save" }));
  expect(vi.mocked(changeRoom).mock.calls).toEqual([["room", { topic: "a topic", description: "a text" }]]);
  type("a topic and more");
  save();
  await waitFor(() => expect(description.value).toBe(""));
  expect(topic().value).toBe("a topic and more");
});

test("in a room that one has left nothing waits to be saved", () => {
  show();
  type("half a topic");
  dropTimeline("room");
  expect(countUnsaved()).toBe(0);
});
