/** Folds events into the messages that are loaded, and pages of history into the same list; order is seq, always. */
import type { AnyMessage, DeletedMessage, Message, RoomEvent } from "@/lib/protocol";

/** Return the list after `event`. What concerns a message that is not loaded changes nothing. */
export function foldMessages(messages: AnyMessage[], event: RoomEvent): AnyMessage[] {
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
      return change(messages, event.id, (message) => react(message, event.emoji, event.actor));
    case "reaction.removed":
      return change(messages, event.id, (message) => unreact(message, event.emoji, event.actor));
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

function react(message: Message, emoji: string, user_id: string): Message {
  const others = message.reactions.find((reaction) => reaction.emoji === emoji)?.user_ids ?? [];
  if (others.includes(user_id)) return message;
  const exists = message.reactions.some((reaction) => reaction.emoji === emoji);
  const reactions = exists
    ? message.reactions.map((reaction) =>
        reaction.emoji === emoji ? { emoji, user_ids: [...reaction.user_ids, user_id] } : reaction,
      )
    : [...message.reactions, { emoji, user_ids: [user_id] }];
  return { ...message, reactions };
}

function unreact(message: Message, emoji: string, user_id: string): Message {
  const reactions = message.reactions
    .map((reaction) =>
      reaction.emoji === emoji ? { emoji, user_ids: reaction.user_ids.filter((other) => other !== user_id) } : reaction,
    )
    .filter((reaction) => reaction.user_ids.length > 0);
  return { ...message, reactions };
}
