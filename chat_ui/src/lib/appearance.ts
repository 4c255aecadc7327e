/** How the page looks in this browser: its theme, density, text size and motion. The root element says it to the style sheet. */
import { useSyncExternalStore } from "react";
import { load, save } from "./storage";

export const THEMES = ["system", "light", "dark"] as const;
export const DENSITIES = ["comfortable", "compact"] as const;
/** In parts of a hundred. */
export const TEXT_SIZES = ["100", "90", "115", "130"] as const;
const MOTIONS = ["system", "reduced", "full"] as const;
export type Theme = (typeof THEMES)[number];
export type Density = (typeof DENSITIES)[number];
export type TextSize = (typeof TEXT_SIZES)[number];
type Name = "theme" | "density" | "size" | "motion";

const listeners = new Set<() => void>();

/** Show what was chosen here before; called once, before anything is drawn. */
export function applyAppearance(): void {
  show("theme", theme());
  show("density", density());
  show("size", textSize());
  show("motion", motion());
}

export function useTheme(): Theme {
  return useSyncExternalStore(follow, theme);
}

export function useDensity(): Density {
  return useSyncExternalStore(follow, density);
}

export function useTextSize(): TextSize {
  return useSyncExternalStore(follow, textSize);
}

/** Return whether things stand still: as was chosen here, else as the system says. */
export function useReducedMotion(): boolean {
  return useSyncExternalStore(followMotion, isMotionReduced);
}

export function setTheme(chosen: Theme): void {
  choose("theme", chosen);
}

export function setDensity(chosen: Density): void {
  choose("density", chosen);
}

export function setTextSize(chosen: TextSize): void {
  choose("size", chosen);
}

/** Choose it here; what the system says too needs no choice, and follows the system on. */
export function setReducedMotion(reduced: boolean): void {
  const chosen = reduced ? "reduced" : "full";
  choose("motion", reduced === systemMotion().matches ? "system" : chosen);
}

function theme(): Theme {
  return oneOf(THEMES, load("theme"));
}

function density(): Density {
  return oneOf(DENSITIES, load("density"));
}

function textSize(): TextSize {
  return oneOf(TEXT_SIZES, load("size"));
}

function motion(): (typeof MOTIONS)[number] {
  return oneOf(MOTIONS, load("motion"));
}

function isMotionReduced(): boolean {
  const chosen = motion();
  return chosen === "system" ? systemMotion().matches : chosen === "reduced";
}

function systemMotion(): MediaQueryList {
  return matchMedia("(prefers-reduced-motion: reduce)");
}

function choose(name: Name, chosen: string): void {
  save(name, chosen);
  show(name, chosen);
  for (const listener of listeners) listener();
}

function show(name: Name, chosen: string): void {
  document.documentElement.dataset[name] = chosen;
}

/** Return what was stored, or the first where nothing or something else was. */
function oneOf<T extends string>(choices: readonly [T, ...T[]], stored: string | null): T {
  return choices.find((choice) => choice === stored) ?? choices[0];
}

function follow(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function followMotion(listener: () => void): () => void {
  const system = systemMotion();
  system.addEventListener("change", listener);
  const stop = follow(listener);
  return () => {
    system.removeEventListener("change", listener);
    stop();
  };
}
