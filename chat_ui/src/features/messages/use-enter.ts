/**
 * Makes Enter send exactly once, whatever input method is at work. Keys do not tell: on Windows the Enter that ends a
 * Hangul syllable is the only one, on macOS another follows, on Android there is none at all. What the field is about
 * to do tells: a line break is inserted only where Enter was meant as Enter, after the syllable is complete.
 */
import { type RefObject, useEffect, useRef } from "react";

export function useEnter(field: RefObject<HTMLTextAreaElement | null>, onEnter: () => void): void {
  const action = useRef(onEnter);
  useEffect(() => {
    action.current = onEnter;
  });
  useEffect(() => {
    const element = field.current;
    return element ? listen(element, () => action.current()) : undefined;
  }, [field]);
}

export function listen(element: HTMLTextAreaElement, onEnter: () => void): () => void {
  let shift = false;
  let composing = false;
  let waiting = false;
  const onKey = (event: KeyboardEvent) => {
    shift = event.shiftKey;
  };
  const onStart = () => {
    composing = true;
  };
  const onEnd = () => {
    composing = false;
    if (!waiting) return;
    waiting = false;
    // The field takes the last syllable in with the event that follows this one.
    setTimeout(onEnter);
  };
  const onBeforeInput = (event: InputEvent) => {
    const breaks = event.inputType === "insertLineBreak" || event.inputType === "insertParagraph";
    if (!breaks || shift) return;
    event.preventDefault();
    if (composing) {
      waiting = true;
      // Leaving the field is what ends a composition everywhere.
      element.blur();
      element.focus();
    } else onEnter();
  };
  element.addEventListener("keydown", onKey);
  element.addEventListener("keyup", onKey);
  element.addEventListener("compositionstart", onStart);
  element.addEventListener("compositionend", onEnd);
  element.addEventListener("beforeinput", onBeforeInput);
  return () => {
    element.removeEventListener("keydown", onKey);
    element.removeEventListener("keyup", onKey);
    element.removeEventListener("compositionstart", onStart);
    element.removeEventListener("compositionend", onEnd);
    element.removeEventListener("beforeinput", onBeforeInput);
  };
}
