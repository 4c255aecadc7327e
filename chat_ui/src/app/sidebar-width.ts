/** How wide the list of rooms is; this browser remembers it. */
import { create } from "zustand";
import { load, save } from "@/lib/storage";

export const NARROWEST = 220;
export const WIDEST = 400;
const USUAL = 260;
const KEY = "sidebar_width";

export const useSidebarWidth = create<{ width: number }>(() => ({ width: within(Number(load(KEY) ?? USUAL)) }));

export function setSidebarWidth(wanted: number): void {
  const width = within(wanted);
  save(KEY, String(width));
  useSidebarWidth.setState({ width });
}

export function resetSidebarWidth(): void {
  setSidebarWidth(USUAL);
}

function within(width: number): number {
  return Number.isFinite(width) ? Math.round(Math.min(WIDEST, Math.max(NARROWEST, width))) : USUAL;
}
