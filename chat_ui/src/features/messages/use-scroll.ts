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
// At first only what one sees is drawn, and a little for the guess of the heights.
const FIRST_MARGIN_PIXELS = 150;

/** How high the list was that was shown last, for one that cannot be measured yet. */
let usual_height = innerHeight;

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
  /** Called whenever the place or what is drawn has changed, with how far the reader moved. */
  onSettled: (edges: { to_first: number; to_last: number; moved: number }) => void;
}

/** The rows drawn, by the seq of the first and the last one; `to` is null where the last one is the end. */
interface Drawn {
  from: number;
  to: number | null;
  top: number;
}

/** Where the reader is. */
interface Place {
  /** Whether they were put where one begins. */
  begun: boolean;
  /** Whether that is not on the screen yet: until then no more is drawn than is seen. */
  is_fresh: boolean;
  at_end: boolean;
  top: number;
  anchor: ReadingPlace | null;
  /** Where they are to be put as soon as it is drawn. */
  aim: Aim | "end" | null;
}

const NOTHING: RowWindow = { start: 0, end: 0, top: 0 };

export interface Elements {
  box: RefObject<HTMLElement | null>;
  rows: RefObject<HTMLDivElement | null>;
}

export function useScroll({ box, rows }: Elements, { messages, has_newer, content, begin, onSettled }: Shown) {
  const [drawn, setDrawn] = useState<Drawn | null>(null);
  const [at_end, setAtEnd] = useState(() => begin() === null);
  const [heights] = useState(() => new Heights());
  const state = useRef<Place>({ begun: false, is_fresh: true, at_end: true, top: 0, anchor: null, aim: null });
  // Before anything of it is on the page, so that the rows come with the first drawing and not with a second.
  if (messages && drawn === null) setDrawn(firstDrawn(messages, begin(), heights));
  const shown = useMemo(() => drawnRows(messages, drawn), [messages, drawn]);
  const latest = useRef({ messages, has_newer, shown, onSettled });
  latest.current = { messages, has_newer, shown, onSettled };

  const draw = useCallback(
    (place: number, view: { above: number; below: number }) => {
      const { messages, shown } = latest.current;
      if (!messages) return;
      const next = windowAround({ place, count: messages.length, ...view, height: heightIn(messages, heights) }, shown);
      if (next.start !== shown.start || next.end !== shown.end) setDrawn(drawnOf(messages, next));
    },
    [heights],
  );

  /** Note where the reader is, and draw further where less than half of the margin is drawn. */
  const settle = useCallback(() => {
    const [element, list] = [box.current, rows.current];
    const { messages, has_newer, shown, onSettled } = latest.current;
    // Hidden, say behind a panel on a phone, it keeps the place that it had.
    if (!element || !list || !messages || element.clientHeight === 0 || state.current.aim) return;
    const { scrollTop, scrollHeight, clientHeight } = element;
    const moved = scrollTop - state.current.top;
    const is_at_end = !has_newer && scrollHeight - scrollTop - clientHeight <= SLACK_PIXELS;
    state.current.top = scrollTop;
    state.current.at_end = is_at_end;
    usual_height = clientHeight;
    setAtEnd(is_at_end);
    const first = firstVisible(list, scrollTop);
    const row = first < 0 ? null : (list.children[first] as HTMLElement);
    if (row) state.current.anchor = { seq: Number(row.dataset.seq), offset: articleTop(row) - scrollTop };
    const above = scrollTop - list.offsetTop;
    const below = list.offsetTop + list.offsetHeight - scrollTop - clientHeight;
    const lacks = (pixels: number) => pixels < (state.current.is_fresh ? 0 : MARGIN_PIXELS / 2);
    const exceeds = (pixels: number) => pixels > MARGIN_PIXELS * 2;
    const view = { above: MARGIN_PIXELS, below: clientHeight + MARGIN_PIXELS };
    if (above < 0 - clientHeight || below < 0 - clientHeight) draw(leapTo(element, list, shown, heights), view);
    else if (
      (lacks(above) && shown.start > 0) ||
      (lacks(below) && shown.end < messages.length) ||
      exceeds(above) ||
      exceeds(below)
    ) {
      for (const child of list.children as Iterable<HTMLElement>)
        heights.note(child.dataset.id ?? "", child.offsetHeight);
      draw(shown.start + Math.max(0, first), view);
    }
    onSettled({ to_first: above + shown.top, to_last: scrollHeight - scrollTop - clientHeight, moved });
  }, [box, rows, heights, draw]);

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
    // What moved so was not moved by the reader.
    state.current.top = element.scrollTop;
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
    if (state.current.begun) {
      restore();
      return;
    }
    state.current.begun = true;
    const aim = messages.length > 0 ? begin() : null;
    if (aim) show(aim);
    else toEnd();
  }, [messages, drawn, content, has_newer]);

  const is_there = messages !== null;
  useEffect(() => {
    if (!is_there) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const frame = requestAnimationFrame(() => {
      timer = setTimeout(() => {
        state.current.is_fresh = false;
        settle();
      });
    });
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
    };
  }, [is_there, settle]);

  // The window, the composer and late pictures change heights as well.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows come with the messages.
  useEffect(() => {
    const [element, list] = [box.current, rows.current];
    if (!element || !list) return;
    let width = element.clientWidth;
    const observer = new ResizeObserver(() => {
      if (element.clientWidth !== width) heights.clear();
      width = element.clientWidth;
      restore();
    });
    observer.observe(element);
    observer.observe(list);
    return () => observer.disconnect();
  }, [box, rows, heights, restore, is_there]);
  useEffect(() => () => heights.handOn(), [heights]);

  const bottom = messages ? (messages.length - shown.end) * heights.average : 0;
  const place = useCallback(() => (state.current.at_end ? null : state.current.anchor), []);
  return { shown, bottom, at_end, place, onScroll: settle, show, toEnd };
}

/** Return the rows to draw first: what one sees where one begins, as far as the heights can be guessed. */
function firstDrawn(messages: MessageRun, aim: Aim | null, heights: Heights): Drawn {
  const [seen, margin] = [usual_height, FIRST_MARGIN_PIXELS];
  const place = aim ? Math.min(messages.placeOf(aim.seq), messages.length - 1) : messages.length;
  const view = aim ? { above: seen / 2 + margin, below: seen + margin } : { above: seen + margin, below: 0 };
  const wanted = { place, count: messages.length, ...view, height: heightIn(messages, heights) };
  return drawnOf(messages, windowAround(wanted, NOTHING));
}

function heightIn(messages: MessageRun, heights: Heights): (place: number) => number {
  return (place) => (place < 0 ? heights.average : heights.of(messages.at(place)?.id));
}

function drawnOf(messages: MessageRun, { start, end, top }: RowWindow): Drawn {
  const to = end === messages.length ? null : (messages.at(end - 1)?.seq ?? null);
  return { from: messages.at(start)?.seq ?? 0, to, top };
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
