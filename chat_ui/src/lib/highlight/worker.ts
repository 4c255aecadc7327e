/** Colours code beside the page, so that a long piece holds up nobody's typing. */
import type { Answered, Asked } from "./range";
import { findRanges } from "./ranges";

self.onmessage = ({ data: { id, code, language } }: MessageEvent<Asked>) => {
  const answer: Answered = { id, ranges: findRanges(code, language) };
  self.postMessage(answer);
};
