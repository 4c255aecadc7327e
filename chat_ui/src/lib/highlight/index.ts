/** Asks the worker for the colours of a piece of code, and remembers the last answers. */
import { useEffect, useState } from "react";
import type { Answered, Asked, Range } from "./range";

export type { Range } from "./range";

// A worker that takes longer is caught in one of its expressions; another one takes its place.
const DEADLINE_MILLISECONDS = 3000;
const REMEMBERED = 100;
const NONE: Range[] = [];

const known = new Map<string, Range[]>();
const waiting = new Map<
  number,
  { key: string; take: (ranges: Range[]) => void; timer: ReturnType<typeof setTimeout> }
>();
let worker: Worker | null = null;
let last_id = 0;

/** Return the coloured ranges; none before they are there, and none for a language that has no name. */
export function useRanges(code: string, language: string): Range[] {
  const [ranges, setRanges] = useState(() => known.get(keyOf(code, language)) ?? NONE);
  useEffect(() => {
    setRanges(known.get(keyOf(code, language)) ?? NONE);
    return language ? ask(code, language, setRanges) : undefined;
  }, [code, language]);
  return ranges;
}

/** Ask for the ranges; the answer gives the question up. */
function ask(code: string, language: string, take: (ranges: Range[]) => void): () => void {
  const key = keyOf(code, language);
  if (known.has(key) || typeof Worker === "undefined") return () => {};
  last_id += 1;
  const id = last_id;
  const asked: Asked = { id, code, language };
  const timer = setTimeout(giveUp, DEADLINE_MILLISECONDS);
  waiting.set(id, { key, take, timer });
  worker ??= start();
  worker.postMessage(asked);
  return () => {
    clearTimeout(timer);
    waiting.delete(id);
  };
}

function start(): Worker {
  const started = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  started.onmessage = ({ data: { id, ranges } }: MessageEvent<Answered>) => {
    const asked = waiting.get(id);
    if (!asked) return;
    clearTimeout(asked.timer);
    waiting.delete(id);
    remember(asked.key, ranges);
    asked.take(ranges);
  };
  started.onerror = giveUp;
  return started;
}

/** Leave what is asked for without colours. */
function giveUp(): void {
  worker?.terminate();
  worker = null;
  for (const { key, timer } of waiting.values()) {
    clearTimeout(timer);
    remember(key, NONE);
  }
  waiting.clear();
}

function remember(key: string, ranges: Range[]): void {
  known.set(key, ranges);
  const [oldest] = known.keys();
  if (known.size > REMEMBERED && oldest !== undefined) known.delete(oldest);
}

function keyOf(code: string, language: string): string {
  return `${language}\n${code}`;
}
