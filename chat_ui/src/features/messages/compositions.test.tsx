import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { resetChat, useChat } from "@/lib/chat/store";
import { setLanguage } from "@/lib/i18n";
import { ME } from "@/testing/events";
import { Composer } from "./composer";
import { RECORDED, type Step } from "./compositions";

const field = () => screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Message #general" });
const sent = () => useChat.getState().outbox.map(({ text }) => text);

/** A field as a browser keeps it: what is composed stands at its end, and leaving the field commits it. */
class Field {
  private composed: string | null = null;
  private is_broken = false;
  constructor(private readonly element: HTMLTextAreaElement) {
    element.addEventListener("blur", () => this.commit(this.composed ?? "", this.composed !== null));
  }

  play(steps: Step[]): void {
    for (const step of steps) {
      act(() => this.do(step));
      act(() => this.settle());
    }
    act(() => vi.runAllTimers());
  }

  private do(step: Step): void {
    switch (step[0]) {
      case "keydown":
      case "keyup":
        this.tell(new KeyboardEvent(step[0], { bubbles: true, cancelable: true, ...step[1] }));
        break;
      case "compositionstart":
        this.composed = "";
        this.tell(new CompositionEvent("compositionstart", { bubbles: true }));
        break;
      case "compositionupdate":
        this.tell(new CompositionEvent("compositionupdate", { bubbles: true, data: step[1] }));
        this.write(step[1], this.composed?.length ?? 0);
        this.composed = step[1];
        break;
      case "compositionend":
        this.commit(step[1], true);
        break;
      case "insert":
        this.write(step[1], step[2] ?? 0);
        break;
      default:
        this.breakLine();
    }
  }

  /** An input method that was not asked to end puts its syllable where the cursor is after the break. */
  private settle(): void {
    this.commit(this.composed ?? "", this.is_broken && this.composed !== null);
    this.is_broken = false;
  }

  private commit(text: string, is_composing: boolean): void {
    if (!is_composing) return;
    const before = this.composed?.length ?? 0;
    this.composed = null;
    this.write(text, before);
    this.tell(new CompositionEvent("compositionend", { bubbles: true, data: text }));
  }

  private breakLine(): void {
    const break_line = new InputEvent("beforeinput", { bubbles: true, cancelable: true, inputType: "insertLineBreak" });
    if (this.tell(break_line)) this.write("\n", 0);
    this.is_broken = true;
  }

  /** Write at the end over as many letters, past React, as a browser does. */
  private write(text: string, over: number): void {
    const { value } = this.element;
    const set = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value")?.set;
    set?.call(this.element, value.slice(0, Math.max(0, value.length - over)) + text);
    this.tell(new InputEvent("input", { bubbles: true, data: text }));
  }

  private tell(event: Event): boolean {
    return this.element.dispatchEvent(event);
  }
}

beforeEach(async () => {
  localStorage.clear();
  await setLanguage("en");
  resetChat(ME);
  render(<Composer room_id="room" name="#general" me={ME} />);
  vi.useFakeTimers();
  field().focus();
});

afterEach(() => {
  vi.useRealTimers();
  cleanup();
});

describe("one Enter sends once, and all of it", () => {
  test.each(RECORDED.filter((one) => one.sent !== null))("$name ($source)", ({ steps, sent: text }) => {
    new Field(field()).play(steps);
    expect(sent()).toEqual([text]);
    expect(field().value).toBe("");
    expect(document.activeElement).toBe(field());
  });
});

describe("an Enter of the input method's own sends nothing, and the next one does", () => {
  test.each(RECORDED.filter((one) => one.sent === null))("$name ($source)", ({ steps }) => {
    const played = new Field(field());
    played.play(steps);
    const text = field().value;
    expect(sent()).toEqual([]);
    expect(text).not.toBe("");
    played.play([
      ["keydown", { key: "Enter", keyCode: 13 }],
      ["insertLineBreak"],
      ["keyup", { key: "Enter", keyCode: 13 }],
    ]);
    expect(sent()).toEqual([text]);
  });
});
