/** The messages that replies point at: taken from what is loaded, else asked for once, and kept true as the log goes on. */
import { useEffect } from "react";
import { create } from "zustand";
import { ApiError, call } from "@/lib/api";
import type { AnyMessage, RoomEvent } from "@/lib/protocol";
import { useChat } from "./store";

/** Null where there is no such message to be seen. */
type Fetched = AnyMessage | null;

const KEPT = 500;
const GONE = ["not_found", "not_a_member", "forbidden", "banned"];
const useFetched = create<{ messages: Map<string, Fetched> }>(() => ({ messages: new Map() }));
const asked = new Set<string>();

/** Return the message, null where it cannot be seen, or undefined while it is on its way, or where none is named. */
export function useQuoted(room_id: string, id: string): Fetched | undefined {
  const loaded = useChat(({ timelines }) => timelines[room_id]?.messages?.byId(id));
  const fetched = useFetched(({ messages }) => messages.get(id));
  const online = useChat(({ link }) => link === "online");
  const wanted = id !== "" && loaded === undefined && fetched === undefined && online;
  useEffect(() => {
    if (wanted) void fetchQuoted(room_id, id);
  }, [wanted, room_id, id]);
  return loaded ?? fetched;
}

/** Forget what an event made untrue, so that it is asked for anew. */
export function forgetQuoted(event: RoomEvent): void {
  if (event.type !== "message.edited" && event.type !== "message.deleted") return;
  if (useFetched.getState().messages.has(event.id)) keep(event.id, undefined);
}

/** Forget all of them: after an absence nobody has told what became of them. */
export function forgetAllQuoted(): void {
  asked.clear();
  useFetched.setState({ messages: new Map() });
}

async function fetchQuoted(room_id: string, id: string): Promise<void> {
  if (asked.has(id)) return;
  asked.add(id);
  try {
    keep(id, await call<AnyMessage>("GET", `/api/rooms/${room_id}/messages/${id}`));
    asked.delete(id);
  } catch (error) {
    console.warn("A quoted message could not be loaded.", error);
    // What may come later stays asked for until the next connection.
    if (!(error instanceof ApiError && GONE.includes(error.body.code))) return;
    keep(id, null);
    asked.delete(id);
  }
}

function keep(id: string, message: Fetched | undefined): void {
  useFetched.setState(({ messages }) => {
    const kept = new Map([...messages].filter(([other]) => other !== id).slice(1 - KEPT));
    return { messages: message === undefined ? kept : kept.set(id, message) };
  });
}
