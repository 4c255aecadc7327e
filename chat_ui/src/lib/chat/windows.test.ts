/** Random stories of a room, read through windows: whatever is loaded is a row of the log without a hole, and true. */
import { expect, test } from "vitest";
import type { AnyMessage, Messages, RoomEvent } from "@/lib/protocol";
import { BOB, created, deleted, edited, ME, reaction, room } from "@/testing/events";
import { MessageRun } from "./message-run";
import { foldRun } from "./messages";
import { covers, type Place, placeBeyond, receive, startTimeline, type Timeline, takePage, trim } from "./timeline";

const STORIES = 40;
const STEPS = 120;
const LIMIT = 7;

/** Numbers that look random and are the same for the same seed. */
function dice(seed: number): (sides: number) => number {
  let state = seed * 2_654_435_761 + 1;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

/** The server: the log, and pages of it as it stands. */
class Log {
  readonly events: RoomEvent[] = [];
  readonly written: ReturnType<typeof created>[] = [];

  grow(roll: (sides: number) => number): void {
    const seq = this.events.length + 1;
    const target = this.written[roll(this.written.length)];
    const kind = target ? roll(6) : 0;
    if (!target || kind < 3) {
      const event = created(seq, { n: this.written.length + 1 });
      this.written.push(event);
      this.events.push(event);
    } else if (kind === 3) this.events.push(edited(seq, target, { text: `edit ${seq}` }));
    else if (kind === 4) this.events.push({ ...reaction(seq, target, "reaction.added"), actor: `${BOB} ${seq}` });
    else this.events.push(deleted(seq, target));
  }

  at(position: number): AnyMessage[] {
    return this.events
      .slice(0, position)
      .reduce((run, event) => foldRun(run, event, ME), MessageRun.of([]))
      .slice();
  }

  page(place: Place): Messages {
    const all = this.at(this.events.length);
    const [from, to] = span(all, place);
    const items = all.slice(from, to);
    return { items, prev: from > 0 ? "older" : null, next: to < all.length ? "newer" : null, head: this.events.length };
  }
}

function span(all: AnyMessage[], place: Place): [number, number] {
  const count = (seq: number) => all.filter((one) => one.seq <= seq).length;
  if ("before" in place) return [Math.max(0, count(place.before - 1) - LIMIT), count(place.before - 1)];
  if ("after" in place) return [count(place.after), Math.min(all.length, count(place.after) + LIMIT)];
  const to = "around" in place ? Math.min(all.length, Math.max(LIMIT, count(place.around) + 3)) : all.length;
  return [Math.max(0, to - LIMIT), to];
}

function isTrue(timeline: Timeline, log: Log): void {
  if (!timeline.messages) return;
  const loaded = timeline.messages.slice();
  const all = log.at(timeline.position);
  expect(loaded.length > 0 || all.length === 0 || timeline.has_older).toBe(true);
  const from = Math.max(
    0,
    all.findIndex(({ id }) => id === loaded[0]?.id),
  );
  const to = from + loaded.length;
  const told = (one: AnyMessage) => !timeline.foretold.has(one.id);
  expect(loaded.map(({ id }) => id)).toEqual(all.slice(from, to).map(({ id }) => id));
  expect(loaded.filter(told)).toEqual(all.slice(from, to).filter(told));
  expect(timeline.has_newer || to === all.length || loaded.length === 0).toBe(true);
  expect(timeline.has_older || from === 0).toBe(true);
}

test.each(Array.from({ length: STORIES }, (_, seed) => seed))("story %i", (seed) => {
  const roll = dice(seed);
  const log = new Log();
  for (let count = roll(40); count > 0; count -= 1) log.grow(roll);
  let timeline = startTimeline(room({ head: log.events.length }));
  const answers: { place: Place; page: Messages }[] = [];
  const steps: (() => void)[] = [
    () => log.grow(roll),
    () => log.grow(roll),
    () => {
      const event = log.events[timeline.position];
      if (event) timeline = receive(timeline, event, ME);
    },
    () => {
      const event = log.events[timeline.position + roll(3)];
      if (event) timeline = receive(timeline, event, ME);
    },
    () => {
      const around = { around: roll(log.events.length + 1) };
      const places = [around, { latest: true } as const, placeBeyond(timeline, roll(2) ? "older" : "newer")];
      const place = places[roll(3)] ?? around;
      answers.push({ place, page: log.page(place) });
    },
    () => {
      const [answer] = answers.splice(roll(answers.length), 1);
      if (answer) timeline = takePage(timeline, answer.place, answer.page, ME) ?? timeline;
    },
    () => {
      if (roll(8) === 0) timeline = trim(timeline, 5, roll(2) ? roll(log.events.length) : null);
    },
  ];
  for (let step = 0; step < STEPS; step += 1) {
    steps[roll(steps.length)]?.();
    isTrue(timeline, log);
  }
  for (const event of log.events.slice(timeline.position)) timeline = receive(timeline, event, ME);
  for (const direction of ["older", "newer"] as const) {
    while (direction === "older" ? timeline.has_older : timeline.has_newer) {
      const place = placeBeyond(timeline, direction);
      timeline = takePage(timeline, place, log.page(place), ME) ?? timeline;
    }
  }
  expect(timeline.messages?.slice() ?? log.at(log.events.length)).toEqual(log.at(log.events.length));
  expect(covers(timeline, 1)).toBe(true);
});
