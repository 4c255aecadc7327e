/** Folds events into the messages that are loaded, and pages of history into the same list; order is seq, always. */
import type { AnyMessage, DeletedMessage, Message, Reaction, RoomEvent } from "@/lib/protocol";

// So many people are named with a message; the rest has a page of its own.
const NAMED_PER_REACTION = 50;

/** Return the list after `event`, as `me` sees it. What concerns a message that is not loaded changes nothing. */
export function foldMessages(messages: AnyMessage[], event: RoomEvent, me: string): AnyMessage[] {
  switch (event.type) {
    case "message.created":
      return merge(messages, [event.message]);
    case "message.edited": {
      const { text, mentions, edited_at } = event;
      if (text === null) return messages;
      return change(messages, event.id, (message) => ({ ...message, text, mentions, edited_at }));
    }
    case "message.deleted":
      return messages.map((message) => (message.id === event.id ? remains(message) : message));
    case "reaction.added":
      return change(messages, event.id, (message) => react(message, event.emoji, event.actor, me));
    case "reaction.removed":
      return change(messages, event.id, (message) => unreact(message, event.emoji, event.actor, me));
    default:
      return messages;
  }
}

/** Return both lists as one by seq; where both know a message, the one from `incoming` stands. */
export function merge(messages: AnyMessage[], incoming: AnyMessage[]): AnyMessage[] {
  const last = messages.at(-1);
  const first = incoming[0];
  if (!first) return messages;
  if (!last || (incoming.length === 1 && first.seq > last.seq)) return [...messages, ...incoming].sort(bySeq);
  const known = new Map([...messages, ...incoming].map((message) => [message.id, message]));
  return [...known.values()].sort(bySeq);
}

function bySeq(a: AnyMessage, b: AnyMessage): number {
  return a.seq - b.seq;
}

function change(messages: AnyMessage[], id: string, edit: (message: Message) => Message): AnyMessage[] {
  return messages.map((message) => (message.id === id && !message.deleted ? edit(message) : message));
}

function remains({ id, seq, n, sender, at }: AnyMessage): DeletedMessage {
  return { id, seq, n, sender, at, deleted: true };
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
