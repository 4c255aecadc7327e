/**
 * Where the reader stands in the list: at its end it stays at the end, elsewhere nothing moves under the eyes, whatever
 * comes above or below.
 */
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

// A reader this near to the end is at the end.
const SLACK_PIXELS = 40;

interface Shown {
  /** The id of the first message loaded; null before there is any. */
  first: string | null;
  /** Changes with whatever is shown. */
  content: unknown[];
}

export function useScroll(box: RefObject<HTMLElement | null>, { first, content }: Shown) {
  const [at_end, setAtEnd] = useState(true);
  const place = useRef({ top: 0, height: 0, at_end: true, first: null as string | null });

  const note = useCallback(() => {
    const element = box.current;
    // Hidden, say behind a panel on a phone, it keeps the place that it had.
    if (!element || element.clientHeight === 0) return;
    const { scrollTop, scrollHeight, clientHeight } = element;
    const is_at_end = scrollHeight - scrollTop - clientHeight <= SLACK_PIXELS;
    place.current = { ...place.current, top: scrollTop, height: scrollHeight, at_end: is_at_end };
    setAtEnd(is_at_end);
  }, [box]);

  const toEnd = useCallback(() => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
    note();
  }, [box, note]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `content` is what the place has to be kept over.
  useLayoutEffect(() => {
    const element = box.current;
    if (!element || first === null) return;
    const before = place.current;
    if (before.first === null) open(element);
    else if (before.at_end) element.scrollTop = element.scrollHeight;
    else if (before.first !== first) element.scrollTop = before.top + element.scrollHeight - before.height;
    place.current.first = first;
    note();
  }, [first, ...content]);

  // The window, the composer and late pictures change the height as well.
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    let was_hidden = false;
    const observer = new ResizeObserver(() => {
      const is_hidden = element.clientHeight === 0;
      if (is_hidden) {
        was_hidden = true;
        return;
      }
      if (place.current.at_end) element.scrollTop = element.scrollHeight;
      else if (was_hidden) element.scrollTop = place.current.top;
      was_hidden = false;
      note();
    });
    observer.observe(element);
    if (element.firstElementChild) observer.observe(element.firstElementChild);
    return () => observer.disconnect();
  }, [box, note]);

  /** The truth of this moment, where `at_end` is that of the last render. */
  const isAtEnd = useCallback(() => place.current.at_end, []);
  return { at_end, isAtEnd, onScroll: note, toEnd };
}

/** Open at the first new message, a little below the top, else at the end. */
function open(element: HTMLElement): void {
  const line = element.querySelector<HTMLElement>("[data-first-new]");
  element.scrollTop = line ? line.offsetTop - element.clientHeight / 4 : element.scrollHeight;
}
