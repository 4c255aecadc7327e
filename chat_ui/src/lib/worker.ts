/** Registers the service worker, which opens the page without the server, and tells when a newer page is there. */
import { useChat } from "./chat/store";
import { countUnsaved } from "./unsaved";

const LOOK_MILLISECONDS = 60 * 60 * 1000;
// Whoever does not sign in by then is reading.
const QUIET_MILLISECONDS = 5_000;

let stale = false;

/** Plain http and some private windows have no workers; then the page needs its server to open. */
export function registerWorker(): void {
  if (!("serviceWorker" in navigator)) return;
  let had_one = navigator.serviceWorker.controller !== null;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    // The first one belongs to this very page.
    stale = had_one;
    had_one = true;
  });
  isQuiet()
    .then(() => navigator.serviceWorker.register("/service-worker.js", { updateViaCache: "none" }))
    .then((registration) => {
      // A page that stays open for days looks by itself.
      setInterval(() => registration.update().catch(() => undefined), LOOK_MILLISECONDS);
    })
    .catch((error) => console.warn("The page will not open without the server.", error));
}

/** Wait until the rooms are there, or for a while: all that a worker keeps for later would come in the way of the first page. */
function isQuiet(): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      unsubscribe();
      resolve();
    };
    const timer = setTimeout(finish, QUIET_MILLISECONDS);
    const unsubscribe = useChat.subscribe(({ loaded }) => loaded && finish());
  });
}

/** Tell whether this is the moment to load the newer page: there is one, and nothing that is typed or open would go. */
export function isTimeToReload(): boolean {
  return stale && navigator.onLine && !document.querySelector("dialog[open]") && !isTyped() && isKept();
}

/** Tell whether the page would find everything again that was written in it, in whichever room. */
function isKept(): boolean {
  return useChat.getState().kept && countUnsaved() === 0;
}

function isTyped(): boolean {
  const fields = document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("input, textarea");
  return [...fields].some((field) => field.value !== "");
}
