/** Types into a field for the person, so that the browser's undo takes it back. */
/** What goes in between two places of the text, and what is selected then. */
export interface Change {
  start: number;
  end: number;
  insert: string;
  select: [number, number];
}

export function typeInto(field: HTMLTextAreaElement, { start, end, insert, select }: Change): void {
  field.focus();
  field.setSelectionRange(start, end);
  // It is called deprecated, and is the only way into the history of undo; where it is gone, undo is what is lost.
  if (!document.execCommand?.("insertText", false, insert)) {
    // React takes what is set on the element itself for its own, and would tell nobody.
    const setter = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value")?.set;
    setter?.call(field, field.value.slice(0, start) + insert + field.value.slice(end));
    field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText", data: insert }));
  }
  field.setSelectionRange(...select);
}
