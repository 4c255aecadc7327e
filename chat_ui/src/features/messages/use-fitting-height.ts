/** Lets a text field grow with its text where the browser does not by itself; the style sheet says how far. */
import { type RefObject, useLayoutEffect } from "react";

const FITS_BY_ITSELF = globalThis.CSS?.supports?.("field-sizing", "content") ?? false;

export function useFittingHeight(field: RefObject<HTMLTextAreaElement | null>, text: string): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text is what the height depends on.
  useLayoutEffect(() => {
    if (FITS_BY_ITSELF || !field.current) return;
    // Where none is set yet, setting it would have the browser lay out the page once more.
    if (field.current.style.height) field.current.style.height = "auto";
    field.current.style.height = `${field.current.scrollHeight}px`;
  }, [text, field]);
}
