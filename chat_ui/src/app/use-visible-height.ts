/** Keeps the page above a phone's keyboard, also where the browser lays it over the page and makes no room for it. */
import { useEffect } from "react";

// Bars of the browser come and go; no keyboard is lower than this.
const LOWEST_KEYBOARD = 120;

export function useVisibleHeight(): void {
  useEffect(() => {
    const view = window.visualViewport;
    if (!view) return;
    const root = document.documentElement;
    const fit = () => {
      // Somebody who has zoomed in sees a part of the page on purpose.
      const is_covered = view.scale === 1 && window.innerHeight - view.height > LOWEST_KEYBOARD;
      root.style.height = is_covered ? `${view.height}px` : "";
      // The browser has moved the page up to show the field, which is in view by now.
      if (is_covered) window.scrollTo(0, 0);
    };
    view.addEventListener("resize", fit);
    return () => {
      view.removeEventListener("resize", fit);
      root.style.height = "";
    };
  }, []);
}
