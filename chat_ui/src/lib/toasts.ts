/** Short words about what was just done, with the way to undo it. What failed is said where it was tried, never here. */
import { create } from "zustand";

export interface Toast {
  /** What was done, in the person's language. */
  text: string;
  /** Takes it back; left out where that is not possible. */
  undo?: () => Promise<void> | void;
}

export type Shown = Toast & { key: number };

// Older ones go: what was done three steps ago has been accepted.
const SHOWN_AT_ONCE = 2;

export const useToasts = create<{ shown: Shown[] }>(() => ({ shown: [] }));

let key = 0;

export const toasts = {
  show(toast: Toast): void {
    key += 1;
    const shown = { ...toast, key };
    useToasts.setState((before) => ({ shown: [...before.shown, shown].slice(-SHOWN_AT_ONCE) }));
  },
  dismiss(key: number): void {
    useToasts.setState(({ shown }) => ({ shown: shown.filter((toast) => toast.key !== key) }));
  },
  /** Another person's page has none of them. */
  clear(): void {
    useToasts.setState({ shown: [] });
  },
};
