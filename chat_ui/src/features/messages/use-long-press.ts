/** Tells when a finger rests on an element; a finger that scrolls or leaves early means something else. */
import { type MouseEvent, type PointerEvent, useCallback, useEffect, useRef } from "react";

const REST_MILLISECONDS = 500;
const STILL_PIXELS = 10;

export function useLongPress(onPress: () => void) {
  const press = useRef<{ x: number; y: number; timer: ReturnType<typeof setTimeout> } | null>(null);
  const stop = useCallback(() => {
    clearTimeout(press.current?.timer);
    press.current = null;
  }, []);
  useEffect(() => stop, [stop]);
  return {
    onPointerDown: (event: PointerEvent) => {
      stop();
      if (event.pointerType !== "touch" || !event.isPrimary) return;
      press.current = { x: event.clientX, y: event.clientY, timer: setTimeout(onPress, REST_MILLISECONDS) };
    },
    onPointerMove: (event: PointerEvent) => {
      const { x, y } = press.current ?? { x: event.clientX, y: event.clientY };
      if (Math.hypot(event.clientX - x, event.clientY - y) > STILL_PIXELS) stop();
    },
    onPointerUp: stop,
    onPointerCancel: stop,
    // The browser's own menu would lie over the sheet.
    onContextMenu: (event: MouseEvent) => {
      if (press.current) event.preventDefault();
    },
  };
}
