/** Gives the focus a place again where what had it is gone: without one the keyboard begins anew at the top of the page. */

// What is to have it may be drawn a little later, behind an answer of the server or a part that is loaded.
const WAIT_MILLISECONDS = 2_000;

/** What has the focus only because nothing better was known. */
let stopgap: Element | null = null;

/** Which of those who wait for a place is the last. */
let wanted = 0;

type Find = () => HTMLElement | null | undefined;

/**
 * Focus what is found as soon as nothing has the focus, or what stands in for it. Whoever goes on elsewhere is left there, and
 * what was asked for before is wanted no more.
 */
export function regainFocus(find: Find, meanwhile?: Find): void {
  const until = performance.now() + WAIT_MILLISECONDS;
  let given: HTMLElement | null = null;
  wanted += 1;
  const own = wanted;
  const look = () => {
    if (own !== wanted) return;
    // What was found may itself be drawn anew a moment later.
    if (!given?.isConnected && (isFocusLost() || document.activeElement === stopgap)) {
      given = find() ?? null;
      const standing_in = !given && isFocusLost() && meanwhile?.();
      if (given) focusOn(given);
      else if (standing_in) focusForNow(standing_in);
    }
    if (performance.now() < until) requestAnimationFrame(look);
  };
  look();
}

/** Focus something for want of better: what is asked for later goes before it. */
export function focusForNow(element: HTMLElement): void {
  focusOn(element);
  stopgap = document.activeElement;
}

/** Tell that somebody goes on at an element of their own choice. */
export function forgetStopgap(element: Element): void {
  if (element !== stopgap) stopgap = null;
}

/** Tell that somebody moves the focus themselves. */
export function leaveFocus(): void {
  wanted += 1;
}

export function isFocusLost(): boolean {
  return document.activeElement === null || document.activeElement === document.body;
}

/** Focus anything, a region as a whole too. */
function focusOn(element: HTMLElement): void {
  if (element.tabIndex < 0 && !element.hasAttribute("tabindex")) element.tabIndex = -1;
  element.focus({ preventScroll: true });
}
