/**
 * Which rows of a long list are drawn. The heights of those that were drawn are known, the others are taken to be of the
 * average; an error in that moves nothing, because the list keeps the row that one looks at in its place.
 */

// What a row of one line has, until some were measured.
const FIRST_GUESS = 44;
// Farther than that the rows between are not counted one by one.
const LEAP_ROWS = 500;

/** The rows from `start` up to `end` are drawn, behind an empty space of `top` pixels. */
export interface RowWindow {
  start: number;
  end: number;
  top: number;
}

// As it was in the list shown last, which the next one is likely to resemble.
let usual = FIRST_GUESS;

export class Heights {
  private readonly known = new Map<string, number>();
  private readonly guess = usual;
  private sum = 0;

  get average(): number {
    return this.known.size > 0 ? this.sum / this.known.size : this.guess;
  }

  /** Let the next list begin with what is known of this one. */
  handOn(): void {
    usual = this.average;
  }

  of(id: string | undefined): number {
    return this.known.get(id ?? "") ?? this.average;
  }

  note(id: string, height: number): void {
    this.sum += height - (this.known.get(id) ?? 0);
    this.known.set(id, height);
  }

  /** Forget them all: in another width every row has another height. */
  clear(): void {
    this.known.clear();
    this.sum = 0;
  }
}

interface Wanted {
  /** The row that is at the upper edge of what is seen. */
  place: number;
  /** How many rows there are. */
  count: number;
  /** So many pixels above that row are drawn, and so many from it on. */
  above: number;
  below: number;
  /** The height of a row; of -1 the average. */
  height: (place: number) => number;
}

/** Return the window that covers what is wanted; `top` follows from the window before. */
export function windowAround({ place, count, above, below, height }: Wanted, before: RowWindow): RowWindow {
  let start = Math.max(0, Math.min(place, count - 1));
  for (let drawn = 0; start > 0 && drawn < above; drawn += height(start)) start -= 1;
  let end = Math.max(0, Math.min(place, count));
  for (let drawn = 0; end < count && drawn < below; end += 1) drawn += height(end);
  return { start, end, top: topOf(start, before, height) };
}

/** Rows that enter or leave above change the space above by their height; a leap is reckoned from the beginning. */
function topOf(start: number, before: RowWindow, height: (place: number) => number): number {
  if (start === 0) return 0;
  const leaps = before.end === 0 || Math.abs(start - before.start) > LEAP_ROWS;
  if (leaps) return start * height(-1);
  let top = before.top;
  for (let place = start; place < before.start; place += 1) top -= height(place);
  for (let place = before.start; place < start; place += 1) top += height(place);
  return Math.max(0, top);
}
