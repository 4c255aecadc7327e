/** Moves through the messages by the arrow keys: from the list itself to its last message, then one by one; Escape leaves. */
import type { KeyboardEvent } from "react";

export function onRowKey(event: KeyboardEvent<HTMLElement>): void {
  const target = event.target as HTMLElement;
  const on_row = target.hasAttribute("data-message");
  if (on_row && event.key === "Escape") document.getElementById("composer")?.focus();
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (step === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
  if (!on_row && target !== event.currentTarget) return;
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-message]")];
  const next = on_row ? rows[rows.indexOf(target) + step] : rows.at(-1);
  if (!next) return;
  event.preventDefault();
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}
