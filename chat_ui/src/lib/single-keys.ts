/** Whether a single letter or sign acts as a shortcut; this browser remembers it. Who dictates or slips switches it off. */
import { create } from "zustand";
import { load, save } from "./storage";

const KEY = "single_keys";

const useOn = create<{ on: boolean }>(() => ({ on: load(KEY) !== "off" }));

export function useSingleKeys(): boolean {
  return useOn(({ on }) => on);
}

export function areSingleKeysOn(): boolean {
  return useOn.getState().on;
}

export function setSingleKeys(on: boolean): void {
  save(KEY, on ? null : "off");
  useOn.setState({ on });
}
