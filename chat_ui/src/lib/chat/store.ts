/** What the client knows of the chat, in one place; only this folder writes it. */
import { create } from "zustand";
import type { Noticed } from "@/lib/protocol";
import { settle, type Unsent } from "./outbox";
import { loadOutbox, saveOutbox } from "./outbox-storage";
import type { Timeline } from "./timeline";

/** online: ready and live · connecting: at it · offline: the last attempt failed · ended: closed for good by the server. */
export type Link = "online" | "connecting" | "offline" | "ended";

export interface Chat {
  me: string;
  link: Link;
  /** Whether the list of rooms came once. */
  loaded: boolean;
  timelines: Record<string, Timeline>;
  /** When a room last had a message, as a rank: the greater, the more recent. */
  activity: Record<string, number>;
  /** Direct rooms that were left, hidden until their next message. */
  hidden: Record<string, boolean>;
  outbox: Unsent[];
  notices: (Noticed & { key: number })[];
}

const nothing: Chat = {
  me: "",
  link: "connecting",
  loaded: false,
  timelines: {},
  activity: {},
  hidden: {},
  outbox: [],
  notices: [],
};

export const useChat = create<Chat>(() => nothing);

useChat.subscribe((chat, before) => {
  if (chat.me === before.me && chat.outbox !== before.outbox) saveOutbox(chat.me, before.outbox, chat.outbox);
});

/** Start with what this browser kept for the person. */
export function resetChat(me: string): void {
  useChat.setState({ ...nothing, me, outbox: me ? loadOutbox(me) : [] }, true);
}

export function changeOutbox(change: (outbox: Unsent[]) => Unsent[]): void {
  useChat.setState(({ outbox }) => ({ outbox: change(outbox) }));
}

/** Change a room's timeline; bubbles whose message came in with the change go in the same step, so none shows twice. */
export function changeTimeline(room_id: string, change: (timeline: Timeline) => Timeline): void {
  useChat.setState((chat) => {
    const before = chat.timelines[room_id];
    const after = before && change(before);
    if (!before || !after || after === before) return chat;
    const arrived = after.recent.flatMap((event) =>
      event.seq > before.position && event.type === "message.created" ? [event.message] : [],
    );
    if (after.messages && after.messages !== before.messages) arrived.push(...after.messages);
    const { position } = after;
    return {
      timelines: { ...chat.timelines, [room_id]: after },
      outbox: settle(chat.outbox, { room_id, position, arrived, me: chat.me }),
    };
  });
}

export function dropTimeline(room_id: string): void {
  useChat.setState(({ timelines: { [room_id]: _, ...timelines } }) => ({ timelines }));
}

export function dismissNotice(key: number): void {
  useChat.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.key !== key) }));
}
