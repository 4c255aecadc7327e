/** What was typed and lives in this page only: leaving the page, or signing out, would lose it. */

const counts: (() => number)[] = [];

/** Have something counted; whoever keeps such texts says so once, when it is loaded. */
export function countAsUnsaved(count: () => number): void {
  counts.push(count);
}

export function countUnsaved(): number {
  return counts.reduce((sum, count) => sum + count(), 0);
}
