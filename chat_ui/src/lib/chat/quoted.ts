/** The messages that replies point at: taken from what is loaded, else asked for once, and kept true as the log goes on. */
import { useEffect } from "react";
import { create } from "zustand";
import { ApiError, call } from "@/lib/api";
import { explain } from "@/lib/i18n";
import type { AnyMessage, RoomEvent, RoomTrimmed } from "@/lib/protocol";
import { remains } from "./messages";
import { useChat, useInRoom } from "./store";

/** Null where there is no such message to be seen. */
type Fetched = AnyMessage | null;

const KEPT = 500;
const GONE = ["not_found", "not_a_member", "forbidden", "banned"];

interface Quoted {
  messages: Map<string, Fetched>;
  /** Why a message could not be loaded, by its id. */
  failures: ReadonlyMap<string, string>;
}

const useFetched = create<Quoted>(() => ({ messages: new Map(), failures: new Map() }));
const asked = new Set<string>();

/** Return the message, null where it cannot be seen, or undefined while it is on its way, or where none is named. */
export function useQuoted(room_id: string, id: string): Fetched | undefined {
  const loaded = useInRoom(room_id, (timeline) => timeline?.messages?.byId(id));
  const fetched = useFetched(({ messages }) => messages.get(id));
  const online = useChat(({ link }) => link === "online");
  const wanted = id !== "" && loaded === undefined && fetched === undefined && online;
  useEffect(() => {
    if (wanted) void fetchQuoted(room_id, id);
  }, [wanted, room_id, id]);
  return loaded ?? fetched;
}

/** Tell whether the message was asked for and is gone. */
export function isQuotedGone(id: string): boolean {
  const fetched = useFetched.getState().messages.get(id);
  return fetched === null || fetched?.deleted === true;
}

/** Return why the message could not be loaded; null while nothing failed. */
export function useQuotedFailure(id: string): string | null {
  return useFetched(({ failures }) => failures.get(id) ?? null);
}

/** Ask once more for a message that could not be loaded. */
export function retryQuoted(room_id: string, id: string): void {
  asked.delete(id);
  noteFailure(id, null);
  void fetchQuoted(room_id, id);
}

/** Forget what an event made untrue, so that it is asked for anew. */
export function forgetQuoted(event: RoomEvent): void {
  if (event.type === "room.trimmed") trimQuoted(event);
  if (event.type !== "message.edited" && event.type !== "message.deleted") return;
  if (useFetched.getState().messages.has(event.id)) keep(event.id, undefined);
}

/** Keep only what is left of those that retention took. */
function trimQuoted({ room_id, through_n }: RoomTrimmed): void {
  useFetched.setState(({ messages }) => ({
    messages: new Map(
      [...messages].map(([id, message]) => {
        const is_trimmed = message && !message.deleted && message.room_id === room_id && message.n <= through_n;
        return [id, is_trimmed ? remains(message) : message];
      }),
    ),
  }));
}

/** Forget all of them: after an absence nobody has told what became of them. */
export function forgetAllQuoted(): void {
  asked.clear();
  useFetched.setState({ messages: new Map(), failures: new Map() });
}

async function fetchQuoted(room_id: string, id: string): Promise<void> {
  if (asked.has(id)) return;
  asked.add(id);
  try {
    keep(id, await call<AnyMessage>("GET", `/api/rooms/${room_id}/messages/${id}`));
    asked.delete(id);
  } catch (error) {
    console.warn("A quoted message could not be loaded.", error);
    // What may come later stays asked for until the next connection, or until somebody tries again.
    if (!(error instanceof ApiError && GONE.includes(error.body.code))) {
      noteFailure(id, explain(error));
      return;
    }
    keep(id, null);
    asked.delete(id);
  }
}

function noteFailure(id: string, reason: string | null): void {
  useFetched.setState(({ failures }) => {
    const others = [...failures].filter(([other]) => other !== id);
    return { failures: new Map(reason === null ? others : [...others, [id, reason]]) };
  });
}

function keep(id: string, message: Fetched | undefined): void {
  useFetched.setState(({ messages }) => {
    const kept = new Map([...messages].filter(([other]) => other !== id).slice(1 - KEPT));
    return { messages: message === undefined ? kept : kept.set(id, message) };
  });
}
