/** Moves through the messages by the arrow keys, Home and End: from the list to its last message, then one by one; Escape leaves. */
import type { KeyboardEvent } from "react";

interface Ends {
  toFirst: () => void;
  toEnd: () => void;
  /** The field that belongs to the list. */
  field?: "composer" | "thread-composer";
}

export function onRowKey(event: KeyboardEvent<HTMLElement>, { toFirst, toEnd, field = "composer" }: Ends): void {
  const target = event.target as HTMLElement;
  const on_row = target.hasAttribute("data-message");
  if (event.altKey || event.ctrlKey || event.metaKey || (!on_row && target !== event.currentTarget)) return;
  if (on_row && event.key === "Escape") {
    event.preventDefault();
    document.getElementById(field)?.focus();
  }
  if (event.key === "Home" || event.key === "End") {
    event.preventDefault();
    if (event.key === "Home") toFirst();
    else toEnd();
    return;
  }
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (step === undefined) return;
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-message]")];
  const next = on_row ? rows[rows.indexOf(target) + step] : (rows.find((row) => row.tabIndex === 0) ?? rows.at(-1));
  if (!next) return;
  event.preventDefault();
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}
