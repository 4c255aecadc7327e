/**
 * Notices that the connection has gone silent while somebody uses the page. The heartbeat of the socket needs 45 s for that,
 * since it has to be cheap for those who only leave the page open; whoever writes wants to know within 10 s.
 */
import { isFocused } from "@/lib/focus";

// With the poll every second and the answer's deadline this makes 9 s at most.
const QUIET_MILLISECONDS = 4_000;
const POLL_MILLISECONDS = 1_000;
// Who moved nothing for so long may be somewhere else, and costs the server nothing.
const USED_MILLISECONDS = 60_000;
const USES = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart", "focus"] as const;

/** Call `probe` when nothing came for some seconds, until the answer stops it; `heard` says when something last came. */
export function watchSilence(heard: () => number, probe: () => Promise<void>): () => void {
  let used_at = Date.now();
  let probing = false;
  const onUse = () => {
    used_at = Date.now();
  };
  const look = async () => {
    const now = Date.now();
    const is_used = isFocused() && now - used_at < USED_MILLISECONDS;
    if (probing || !is_used || now - heard() < QUIET_MILLISECONDS) return;
    probing = true;
    await probe().finally(() => {
      probing = false;
    });
  };
  const timer = setInterval(look, POLL_MILLISECONDS);
  for (const use of USES) window.addEventListener(use, onUse, { passive: true, capture: true });
  return () => {
    clearInterval(timer);
    for (const use of USES) window.removeEventListener(use, onUse, { capture: true });
  };
}
