/** Whether the page is really in front of the person. */
import { useSyncExternalStore } from "react";

export function useFocused(): boolean {
  return useSyncExternalStore(followFocus, isFocused);
}

export function isFocused(): boolean {
  return document.visibilityState === "visible" && document.hasFocus();
}

export function followFocus(listener: () => void): () => void {
  window.addEventListener("focus", listener);
  window.addEventListener("blur", listener);
  document.addEventListener("visibilitychange", listener);
  return () => {
    window.removeEventListener("focus", listener);
    window.removeEventListener("blur", listener);
    document.removeEventListener("visibilitychange", listener);
  };
}
