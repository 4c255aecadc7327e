/** The grid of the emoji picker: rows of equal height, so that only those in view are drawn. */
import type { Emoji } from "@/lib/emoji";

export const COLUMNS = 9;

/** A title, or up to nine emoji. */
export interface GridRow {
  group?: number;
  emoji?: Emoji[];
}

export interface Cell {
  row: number;
  column: number;
}

export function makeRows(groups: { group?: number; emoji: Emoji[] }[]): GridRow[] {
  return groups.flatMap(({ group, emoji }) => {
    const rows: GridRow[] = [];
    if (emoji.length > 0 && group !== undefined) rows.push({ group });
    for (let start = 0; start < emoji.length; start += COLUMNS)
      rows.push({ emoji: emoji.slice(start, start + COLUMNS) });
    return rows;
  });
}

/** Return the cell that an arrow leads to; at the edges it stays. */
export function step(rows: GridRow[], { row, column }: Cell, key: string): Cell {
  const length = rows[row]?.emoji?.length ?? 0;
  if (key === "ArrowRight" && column + 1 < length) return { row, column: column + 1 };
  if (key === "ArrowLeft" && column > 0) return { row, column: column - 1 };
  const is_forward = key === "ArrowRight" || key === "ArrowDown";
  let next = row + (is_forward ? 1 : -1);
  while (rows[next] && !rows[next]?.emoji) next += is_forward ? 1 : -1;
  const there = rows[next]?.emoji;
  if (!there) return { row, column };
  if (key === "ArrowRight") return { row: next, column: 0 };
  if (key === "ArrowLeft") return { row: next, column: there.length - 1 };
  return { row: next, column: Math.min(column, there.length - 1) };
}
