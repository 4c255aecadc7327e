/** Folds events into the messages that are loaded. */
import type { AnyMessage, DeletedMessage, Message, Reaction, RoomEvent } from "@/lib/protocol";
import type { MessageRun } from "./message-run";

// So many people are named with a message; the rest has a page of its own.
const NAMED_PER_REACTION = 50;

/** Return the run after `event`, as `me` sees it. What concerns a message that is not loaded changes nothing. */
export function foldRun(run: MessageRun, event: RoomEvent, me: string): MessageRun {
  if (event.type === "message.created") return event.seq > (run.at(-1)?.seq ?? 0) ? run.append([event.message]) : run;
  if (event.type === "room.trimmed") return trimRun(run, event.through_n);
  if (!("target" in event)) return run;
  const place = run.placeOf(event.target.seq);
  const message = run.at(place);
  const changed = message && foldMessage(message, event, me);
  return changed && changed !== message ? run.with(place, changed) : run;
}

/** Return a message after `event`, which changes only the one that it is about. */
function foldMessage(message: AnyMessage, event: RoomEvent, me: string): AnyMessage {
  if (!("id" in event) || event.id !== message.id || message.deleted) return message;
  switch (event.type) {
    case "message.edited": {
      const { text, mentions, edited_at } = event;
      return text === null ? message : { ...message, text, mentions, edited_at };
    }
    case "message.deleted":
      return remains(message);
    case "reaction.added":
      return react(message, event.emoji, event.actor, me);
    case "reaction.removed":
      return unreact(message, event.emoji, event.actor, me);
    default:
      return message;
  }
}

/** Take the content of every message up to a number, as retention did; what is loaded is looked through only that far. */
function trimRun(run: MessageRun, through_n: number): MessageRun {
  let trimmed = run;
  for (let place = 0; place < run.length; place += 1) {
    const message = run.at(place);
    if (!message || message.n > through_n) break;
    if (!message.deleted) trimmed = trimmed.with(place, remains(message));
  }
  return trimmed;
}

/** Return what is left of a message whose content is gone; its place in a thread stays, and the thread under it. */
export function remains(message: AnyMessage): DeletedMessage {
  const { id, seq, n, sender, at, thread, replies, last_reply_at, repliers } = message;
  return {
    ...{ id, seq, n, sender, at, deleted: true },
    ...(thread && { thread }),
    ...(replies && { replies }),
    ...(last_reply_at && { last_reply_at }),
    ...(repliers && { repliers }),
  };
}

function react(message: Message, emoji: string, user_id: string, me: string): Message {
  const known = message.reactions.find((reaction) => reaction.emoji === emoji);
  if (!known) {
    const first = { emoji, count: 1, user_ids: [user_id], mine: user_id === me };
    return { ...message, reactions: [...message.reactions, first] };
  }
  if (known.user_ids.includes(user_id) || (user_id === me && known.mine)) return message;
  const user_ids = known.user_ids.length < NAMED_PER_REACTION ? [...known.user_ids, user_id] : known.user_ids;
  const changed = { ...known, count: known.count + 1, user_ids, mine: known.mine || user_id === me };
  return replaceReaction(message, known, changed);
}

function unreact(message: Message, emoji: string, user_id: string, me: string): Message {
  const known = message.reactions.find((reaction) => reaction.emoji === emoji);
  if (!known) return message;
  const user_ids = known.user_ids.filter((other) => other !== user_id);
  const changed = { ...known, count: known.count - 1, user_ids, mine: known.mine && user_id !== me };
  return replaceReaction(message, known, changed);
}

function replaceReaction(message: Message, known: Reaction, changed: Reaction): Message {
  const reactions = message.reactions
    .map((reaction) => (reaction === known ? changed : reaction))
    .filter((reaction) => reaction.count > 0);
  return { ...message, reactions };
}
