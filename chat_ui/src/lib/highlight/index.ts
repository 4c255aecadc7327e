/** Asks the worker for the colours of a piece of code, and remembers the last answers. */
import { useEffect, useState } from "react";
import type { Answered, Asked, Range } from "./range";

export type { Range } from "./range";

// A worker that takes longer for one block is caught in one of its expressions; another one takes its place.
const DEADLINE_MILLISECONDS = 2000;
const REMEMBERED = 100;
const NONE: Range[] = [];

interface Question {
  key: string;
  asked: Asked;
  take: (ranges: Range[]) => void;
  timer?: ReturnType<typeof setTimeout>;
}

const known = new Map<string, Range[]>();
/** The worker has the first of these: one at a time, so that whichever holds it up alone stays without colours. */
const questions: Question[] = [];
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

/** Ask for the ranges; the answer gives the question up, unless the worker has it already. */
function ask(code: string, language: string, take: (ranges: Range[]) => void): () => void {
  const key = keyOf(code, language);
  if (known.has(key) || typeof Worker === "undefined") return () => {};
  last_id += 1;
  const question: Question = { key, asked: { id: last_id, code, language }, take };
  questions.push(question);
  if (questions.length === 1) askNext();
  return () => {
    question.take = () => {};
    const place = questions.indexOf(question);
    // The worker's deadline stands, whether or not somebody waits for it.
    if (place > 0) questions.splice(place, 1);
  };
}

function askNext(): void {
  const [next] = questions;
  if (!next) return;
  const ranges = known.get(next.key);
  if (ranges) {
    answer(ranges);
    return;
  }
  next.timer = setTimeout(giveUp, DEADLINE_MILLISECONDS);
  worker ??= start();
  worker.postMessage(next.asked);
}

function start(): Worker {
  const started = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  started.onmessage = ({ data: { id, ranges } }: MessageEvent<Answered>) => {
    if (questions[0]?.asked.id === id) answer(ranges);
  };
  started.onerror = giveUp;
  return started;
}

function answer(ranges: Range[]): void {
  const question = questions.shift();
  if (!question) return;
  clearTimeout(question.timer);
  remember(question.key, ranges);
  question.take(ranges);
  askNext();
}

/** Leave the block that holds the worker up without colours. */
function giveUp(): void {
  worker?.terminate();
  worker = null;
  answer(NONE);
}

function remember(key: string, ranges: Range[]): void {
  known.set(key, ranges);
  const [oldest] = known.keys();
  if (known.size > REMEMBERED && oldest !== undefined) known.delete(oldest);
}

function keyOf(code: string, language: string): string {
  return `${language}\n${code}`;
}
