/** The name of the row that is pointed at or has the focus, where the list of rooms shows icons alone. */
import { type CSSProperties, type RefObject, useEffect, useState } from "react";
import { createPortal } from "react-dom";
import styles from "./chat-shell.module.css";

// Anything wider shows the names itself.
const WIDEST_STRIP = 100;

interface Tip {
  text: string;
  place: CSSProperties;
}

export function SideTip({ side }: { side: RefObject<HTMLElement | null> }) {
  const [tip, setTip] = useState<Tip | null>(null);
  useEffect(() => {
    const element = side.current;
    if (!element) return;
    const show = ({ target }: Event) => setTip(element.offsetWidth < WIDEST_STRIP ? tipOf(target) : null);
    const hide = () => setTip(null);
    const onKey = ({ key }: globalThis.KeyboardEvent) => {
      if (key === "Escape") hide();
    };
    const listeners: [string, (event: never) => void][] = [
      ["pointerover", show],
      ["focusin", show],
      ["pointerleave", hide],
      ["pointerdown", hide],
      ["focusout", hide],
      ["keydown", onKey],
    ];
    for (const [name, listener] of listeners) element.addEventListener(name, listener as EventListener);
    // A row that moves away from under its name leaves it.
    element.addEventListener("scroll", hide, true);
    return () => {
      for (const [name, listener] of listeners) element.removeEventListener(name, listener as EventListener);
      element.removeEventListener("scroll", hide, true);
    };
  }, [side]);
  // What reads the page out has the name from the row.
  return (
    tip &&
    createPortal(
      <div className={styles.tip} style={tip.place} aria-hidden="true">
        {tip.text}
      </div>,
      document.body,
    )
  );
}

function tipOf(target: EventTarget | null): Tip | null {
  const row = target instanceof Element ? target.closest("a, button") : null;
  const text = row?.querySelector(".ellipsis")?.textContent;
  if (!row || !text) return null;
  const { top, height, right } = row.getBoundingClientRect();
  return { text, place: { "--top": `${top + height / 2}px`, "--left": `${right}px` } as CSSProperties };
}
