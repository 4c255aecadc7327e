/** A coloured part of a piece of code. */
export type Colour = "keyword" | "string" | "call" | "comment";
export type Range = [start: number, end: number, colour: Colour];

export interface Asked {
  id: number;
  code: string;
  language: string;
}

export interface Answered {
  id: number;
  ranges: Range[];
}
