/** What lies over the page and is opened from anywhere; one at a time. */
import { create } from "zustand";

export type Overlay = "switcher" | "keyboard";

export const useOverlay = create<{ open: Overlay | null }>(() => ({ open: null }));

export function openOverlay(open: Overlay): void {
  useOverlay.setState({ open });
}

export function closeOverlay(): void {
  useOverlay.setState({ open: null });
}
