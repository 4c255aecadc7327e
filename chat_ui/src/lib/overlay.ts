/** What lies over the page or beside it and is opened from anywhere: one overlay at a time, and the outbox. */
import { create } from "zustand";

export type Overlay = "switcher" | "keyboard";

export const useOverlay = create<{ open: Overlay | null }>(() => ({ open: null }));
export const useOutboxPanel = create<{ open: boolean }>(() => ({ open: false }));

export function openOverlay(open: Overlay): void {
  useOverlay.setState({ open });
}

export function closeOverlay(): void {
  useOverlay.setState({ open: null });
}

export function openOutbox(): void {
  useOutboxPanel.setState({ open: true });
}

export function closeOutbox(): void {
  useOutboxPanel.setState({ open: false });
}

export function toggleOutbox(): void {
  useOutboxPanel.setState(({ open }) => ({ open: !open }));
}
