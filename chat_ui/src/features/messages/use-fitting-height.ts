/** Lets a text field grow with its text; the style sheet says how far. */
import { type RefObject, useLayoutEffect } from "react";

export function useFittingHeight(field: RefObject<HTMLTextAreaElement | null>, text: string): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text is what the height depends on.
  useLayoutEffect(() => {
    if (!field.current) return;
    // Where none is set yet, setting it would have the browser lay out the page once more.
    if (field.current.style.height) field.current.style.height = "auto";
    field.current.style.height = `${field.current.scrollHeight}px`;
  }, [text, field]);
}
