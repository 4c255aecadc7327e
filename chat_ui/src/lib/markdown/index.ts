/** Reads a message's text, a subset of CommonMark and GFM, into a tree. */
export { readText } from "./blocks";
export { findCode } from "./code";
export { plainText } from "./plain";
export type { Alignment, Block, Inline, Item } from "./tree";
