/** Whether the rooms lie open over the page, where it leaves them a strip of icons. */
import { create } from "zustand";

export const useSideOpen = create<{ is_open: boolean }>(() => ({ is_open: false }));

export function openSide(is_open: boolean): void {
  useSideOpen.setState({ is_open });
}
