/**
 * Draws the part of the list that is looked at, and keeps the reader's place: at the end it stays at the end, elsewhere
 * nothing moves under the eyes, whatever comes above or below, grows or goes.
 */
import { type RefObject, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { MessageRun } from "@/lib/chat/message-run";
import type { ReadingPlace } from "./places";
import { Heights, type RowWindow, windowAround } from "./row-window";

// A reader this near to the end is at the end.
const SLACK_PIXELS = 40;
// Drawn beyond both edges; a window that has less than half of it left moves on.
const MARGIN_PIXELS = 800;

/** What is to be shown: a message near the middle or below the upper edge, or where the reader was. */
export interface Aim {
  seq: number;
  at: "middle" | "top" | number;
  focus?: boolean;
}

interface Shown {
  messages: MessageRun | null;
  has_newer: boolean;
  /** What else changes the height: the bubbles behind the messages. */
  content: unknown;
  /** Where to begin; null for the end. Asked once, when there are messages. */
  begin: () => Aim | null;
  /** Called whenever the place or what is drawn has changed. */
  onSettled: (edges: { to_first: number; to_last: number }) => void;
}

/** The rows drawn, by the seq of the first and the last one; `to` is null where the last one is the end. */
interface Drawn {
  from: number;
  to: number | null;
  top: number;
}

export interface Elements {
  box: RefObject<HTMLElement | null>;
  rows: RefObject<HTMLDivElement | null>;
}

export function useScroll({ box, rows }: Elements, { messages, has_newer, content, begin, onSettled }: Shown) {
  const [drawn, setDrawn] = useState<Drawn | null>(null);
  const [at_end, setAtEnd] = useState(false);
  const heights = useRef(new Heights());
  const state = useRef({ at_end: true, anchor: null as ReadingPlace | null, aim: null as Aim | "end" | null });
  const shown = useMemo(() => drawnRows(messages, drawn), [messages, drawn]);
  const latest = useRef({ messages, has_newer, shown, onSettled });
  latest.current = { messages, has_newer, shown, onSettled };

  const draw = useCallback((place: number, view: { above: number; below: number }) => {
    const { messages, shown } = latest.current;
    if (!messages) return;
    const height = (at: number) => (at < 0 ? heights.current.average : heights.current.of(messages.at(at)?.id));
    const next = windowAround({ place, count: messages.length, ...view, height }, shown);
    if (next.start === shown.start && next.end === shown.end) return;
    const to = next.end === messages.length ? null : (messages.at(next.end - 1)?.seq ?? null);
    setDrawn({ from: messages.at(next.start)?.seq ?? 0, to, top: next.top });
  }, []);

  /** Note where the reader is, and draw further where the rows drawn do not reach far enough. */
  const settle = useCallback(() => {
    const [element, list] = [box.current, rows.current];
    const { messages, has_newer, shown, onSettled } = latest.current;
    // Hidden, say behind a panel on a phone, it keeps the place that it had.
    if (!element || !list || !messages || element.clientHeight === 0 || state.current.aim) return;
    const { scrollTop, scrollHeight, clientHeight } = element;
    const is_at_end = !has_newer && scrollHeight - scrollTop - clientHeight <= SLACK_PIXELS;
    state.current.at_end = is_at_end;
    setAtEnd(is_at_end);
    const first = firstVisible(list, scrollTop);
    const row = first < 0 ? null : (list.children[first] as HTMLElement);
    if (row) state.current.anchor = { seq: Number(row.dataset.seq), offset: articleTop(row) - scrollTop };
    const above = scrollTop - list.offsetTop;
    const below = list.offsetTop + list.offsetHeight - scrollTop - clientHeight;
    const lacks = (pixels: number) => pixels < MARGIN_PIXELS / 2;
    const exceeds = (pixels: number) => pixels > MARGIN_PIXELS * 2;
    const view = { above: MARGIN_PIXELS, below: clientHeight + MARGIN_PIXELS };
    if (above < 0 - clientHeight || below < 0 - clientHeight) draw(leapTo(element, list, shown, heights.current), view);
    else if (
      (lacks(above) && shown.start > 0) ||
      (lacks(below) && shown.end < messages.length) ||
      exceeds(above) ||
      exceeds(below)
    ) {
      for (const child of list.children as Iterable<HTMLElement>)
        heights.current.note(child.dataset.id ?? "", child.offsetHeight);
      draw(shown.start + Math.max(0, first), view);
    }
    onSettled({ to_first: above + shown.top, to_last: scrollHeight - scrollTop - clientHeight });
  }, [box, rows, draw]);

  /** Draw what is aimed at, unless it is drawn already. */
  const drawAim = useCallback(() => {
    const { messages } = latest.current;
    const { aim } = state.current;
    if (!messages || !aim || !box.current) return;
    const pixels = box.current.clientHeight + MARGIN_PIXELS;
    if (aim === "end") draw(messages.length, { above: pixels, below: 0 });
    else draw(messages.placeOf(aim.seq), { above: pixels, below: pixels });
  }, [box, draw]);

  /** Put what is looked at back into its place. */
  const restore = useCallback(() => {
    const [element, list] = [box.current, rows.current];
    const { messages, shown } = latest.current;
    if (!element || !list || !messages || element.clientHeight === 0) return;
    const { aim, anchor } = state.current;
    if (aim === "end" && shown.end === messages.length) {
      state.current.aim = null;
      state.current.at_end = true;
    } else if (aim && aim !== "end") {
      const row = rowOf(list, aim.seq);
      if (row) {
        element.scrollTop = articleTop(row) - offsetOf(aim, element);
        state.current.aim = null;
        state.current.at_end = false;
        state.current.anchor = null;
        if (aim.focus) focusIn(row);
      }
    }
    if (state.current.aim) {
      drawAim();
      return;
    }
    if (state.current.at_end) element.scrollTop = element.scrollHeight;
    else if (anchor && state.current.anchor) {
      const kept = rowOf(list, anchor.seq);
      const moved = kept ? articleTop(kept) - element.scrollTop - anchor.offset : 0;
      if (Math.abs(moved) >= 1) element.scrollTop += moved;
    }
    settle();
  }, [box, rows, settle, drawAim]);

  const show = useCallback(
    (aim: Aim) => {
      const { messages } = latest.current;
      if (!messages || messages.length === 0) return;
      const place = Math.min(messages.placeOf(aim.seq), messages.length - 1);
      state.current.aim = { ...aim, seq: messages.at(place)?.seq ?? aim.seq };
      restore();
    },
    [restore],
  );

  const toEnd = useCallback(() => {
    state.current.aim = "end";
    restore();
  }, [restore]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: what is drawn is what the place has to be kept over.
  useLayoutEffect(() => {
    if (!messages) return;
    if (drawn === null) {
      const aim = messages.length > 0 ? begin() : null;
      if (aim) show(aim);
      else toEnd();
      if (messages.length === 0) setDrawn({ from: 0, to: null, top: 0 });
    } else restore();
  }, [messages, drawn, content, has_newer]);

  // The window, the composer and late pictures change heights as well.
  useEffect(() => {
    const [element, list] = [box.current, rows.current];
    if (!element || !list) return;
    let width = element.clientWidth;
    const observer = new ResizeObserver(() => {
      if (element.clientWidth !== width) heights.current.clear();
      width = element.clientWidth;
      restore();
    });
    observer.observe(element);
    observer.observe(list);
    return () => observer.disconnect();
  }, [box, rows, restore]);

  const bottom = messages ? (messages.length - shown.end) * heights.current.average : 0;
  const place = useCallback(() => (state.current.at_end ? null : state.current.anchor), []);
  return { shown, bottom, at_end, place, onScroll: settle, show, toEnd };
}

/** Return the places of what is drawn, which move when rows come above. */
function drawnRows(messages: MessageRun | null, drawn: Drawn | null): RowWindow {
  if (!messages || !drawn) return { start: 0, end: 0, top: 0 };
  const start = messages.placeOf(drawn.from);
  const end = drawn.to === null ? messages.length : Math.min(messages.length, messages.placeOf(drawn.to) + 1);
  return { start, end, top: drawn.top };
}

/** Return which of the rows drawn is the first that can be seen; -1 if there is none. */
function firstVisible(list: HTMLElement, scrollTop: number): number {
  let [low, high] = [0, list.children.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const row = list.children[middle] as HTMLElement;
    if (row.offsetTop + row.offsetHeight <= scrollTop) low = middle + 1;
    else high = middle;
  }
  return low < list.children.length ? low : -1;
}

/** Guess which row is at the upper edge after a leap over rows that were never drawn. */
function leapTo(element: HTMLElement, list: HTMLElement, shown: RowWindow, heights: Heights): number {
  const above = element.scrollTop - list.offsetTop;
  if (above < 0) return Math.floor(shown.start * (1 + above / Math.max(1, shown.top)));
  return shown.end + Math.floor((above - list.offsetHeight) / heights.average);
}

/** The lines for the day and for what is new may come and go above a message; the message itself is what one reads. */
function articleTop(row: HTMLElement): number {
  const article = row.lastElementChild as HTMLElement | null;
  return article?.offsetTop ?? row.offsetTop;
}

function offsetOf({ at }: Aim, { clientHeight }: HTMLElement): number {
  if (at === "middle") return clientHeight / 3;
  return at === "top" ? clientHeight / 4 : at;
}

function rowOf(list: HTMLElement, seq: number): HTMLElement | null {
  return list.querySelector<HTMLElement>(`:scope > [data-seq="${seq}"]`);
}

/** Give the keyboard to a message, or to the field in which it is being edited. */
function focusIn(row: HTMLElement): void {
  const message = row.querySelector<HTMLElement>("[data-message]");
  (message?.querySelector("textarea") ?? message)?.focus({ preventScroll: true });
}
