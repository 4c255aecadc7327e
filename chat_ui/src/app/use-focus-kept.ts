/** Keeps the keyboard where it is while the page changes around it, and leads it on where it goes to another page. */
import { useEffect, useRef } from "react";
import { focusForNow, forgetStopgap, isFocusLost, leaveFocus, regainFocus } from "@/lib/regain-focus";
import { usePath } from "@/lib/router";

// Parts that look after the focus themselves do so at once, or when they are loaded.
const WAIT_MILLISECONDS = 100;
const FOCUSABLE = "a[href], button:not(:disabled), input:not(:disabled), select, textarea, [tabindex='0']";
const FIRST_ROW = "#main [data-key][tabindex='0']";
const MOVING_KEYS = ["Tab", "F6", "Enter"];
const REGION = "dialog, aside, main, nav";

/** What had the focus and what stands around it, from the inside to the outside. */
interface Step {
  element: Element;
  neighbours: (Element | null)[];
}

export function useFocusKept(): void {
  useFocusLed();
  useFocusCaught();
}

/** Where a page or a panel takes along what had the focus, it goes to where one writes or reads, else to the page. */
function useFocusLed(): void {
  const path = usePath();
  const before = useRef(path);
  useEffect(() => {
    if (before.current === path) return;
    before.current = path;
    const wanted = mayWriteAtOnce() ? `#composer, ${FIRST_ROW}` : FIRST_ROW;
    regainFocus(
      () => document.querySelector<HTMLElement>(wanted),
      () => document.getElementById("main"),
    );
  }, [path]);
}

/** On a phone the keyboard would cover half of the screen. */
function mayWriteAtOnce(): boolean {
  return matchMedia("(min-width: 720px) and (hover: hover)").matches;
}

/** Where what has the focus is taken off the page, it goes on at the nearest thing that is left. */
function useFocusCaught(): void {
  useEffect(() => {
    let steps: Step[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const remember = ({ target }: FocusEvent) => {
      if (!(target instanceof Element)) return;
      forgetStopgap(target);
      steps = stepsFrom(target);
    };
    const leave = (event: Event) => {
      if (!(event instanceof KeyboardEvent) || MOVING_KEYS.includes(event.key)) leaveFocus();
    };
    const isGone = () => isFocusLost() && steps[0] !== undefined && !steps[0].element.isConnected;
    const observer = new MutationObserver(() => {
      if (!isGone() || timer !== undefined) return;
      timer = setTimeout(() => {
        timer = undefined;
        const found = isGone() && nearestLeft(steps);
        if (found) focusForNow(found);
      }, WAIT_MILLISECONDS);
    });
    document.addEventListener("focusin", remember);
    // Before whatever they lead to.
    document.addEventListener("keydown", leave, { capture: true });
    document.addEventListener("pointerdown", leave, { capture: true });
    observer.observe(document.body, { childList: true, subtree: true });
    return () => {
      document.removeEventListener("focusin", remember);
      document.removeEventListener("keydown", leave, { capture: true });
      document.removeEventListener("pointerdown", leave, { capture: true });
      observer.disconnect();
      clearTimeout(timer);
    };
  }, []);
}

function stepsFrom(target: Element): Step[] {
  const steps: Step[] = [];
  for (let element: Element | null = target; element && element !== document.body; element = element.parentElement) {
    steps.push({ element, neighbours: [element.nextElementSibling, element.previousElementSibling] });
  }
  return steps;
}

/** Return what stood beside the part that is gone, else what it stood in, else the page as a whole. */
function nearestLeft(steps: Step[]): HTMLElement | null {
  const left = steps.findIndex(({ element }) => element.isConnected);
  const gone = steps[left - 1];
  for (const { element } of left < 0 ? [] : steps.slice(left)) {
    if (isFocusable(element)) return element;
    const beside = element === steps[left]?.element ? (gone?.neighbours ?? []) : [];
    for (const place of [...beside, element]) {
      const found = place?.isConnected && firstIn(place);
      if (found) return found;
    }
    if (element.matches(REGION)) break;
  }
  return document.getElementById("main");
}

function firstIn(place: Element): HTMLElement | undefined {
  const all = [place, ...place.querySelectorAll(FOCUSABLE)];
  return all.filter(isFocusable).find((element) => element.getClientRects().length > 0);
}

function isFocusable(element: Element): element is HTMLElement {
  return element instanceof HTMLElement && element.matches(`${FOCUSABLE}, [data-message]`);
}
