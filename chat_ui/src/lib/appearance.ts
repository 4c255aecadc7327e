/** How the page looks in this browser: light or dark, roomy or compact. The root element says it to the style sheet. */
import { useSyncExternalStore } from "react";
import { load, save } from "./storage";

export const THEMES = ["system", "light", "dark"] as const;
export const DENSITIES = ["comfortable", "compact"] as const;
export type Theme = (typeof THEMES)[number];
export type Density = (typeof DENSITIES)[number];

const listeners = new Set<() => void>();

/** Show what was chosen here before; called once, before anything is drawn. */
export function applyAppearance(): void {
  show("theme", theme());
  show("density", density());
}

export function useTheme(): Theme {
  return useSyncExternalStore(follow, theme);
}

export function useDensity(): Density {
  return useSyncExternalStore(follow, density);
}

export function setTheme(chosen: Theme): void {
  choose("theme", chosen);
}

export function setDensity(chosen: Density): void {
  choose("density", chosen);
}

function theme(): Theme {
  return oneOf(THEMES, load("theme"));
}

function density(): Density {
  return oneOf(DENSITIES, load("density"));
}

function choose(name: "theme" | "density", chosen: string): void {
  save(name, chosen);
  show(name, chosen);
  for (const listener of listeners) listener();
}

function show(name: "theme" | "density", chosen: string): void {
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
