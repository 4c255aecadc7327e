/** The messages around one of them, read once and kept true by the events of their room. */
import { useEffect, useState } from "react";
import { call } from "@/lib/api";
import { explain } from "@/lib/i18n";
import type { AnyMessage, Messages } from "@/lib/protocol";
import { MessageRun } from "./message-run";
import { foldRun } from "./messages";
import { useChat } from "./store";
import { rootOf } from "./threads";
import type { Timeline } from "./timeline";

const MESSAGES = 12;

export interface Around {
  messages: MessageRun;
  /** The seq up to which they are true. */
  position: number;
  /** Whether they reach the room's end: then what is written now belongs to them. */
  ends: boolean;
}

/** Return them brought up to the timeline's position, or null where that takes a new reading. */
export function followAround(
  around: Around,
  { position, recent }: Pick<Timeline, "position" | "recent">,
  me: string,
): Around | null {
  if (around.position >= position) return around;
  const missed = recent.filter(({ seq }) => seq > around.position);
  if (missed.length !== position - around.position) return null;
  const messages = missed.reduce(
    (run, event) => (event.type === "message.created" && !around.ends ? run : foldRun(run, event, me)),
    around.messages,
  );
  return { ...around, messages, position };
}

/** Return what stands around the message in its room, without the replies in threads; null while it is on its way. */
export function useAround(room_id: string, seq: number) {
  const me = useChat((chat) => chat.me);
  const timeline = useChat(({ timelines }) => timelines[room_id]);
  const online = useChat(({ link }) => link === "online");
  const [around, setAround] = useState<Around | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [attempt, setAttempt] = useState(0);
  const followed = around && timeline ? followAround(around, timeline, me) : null;
  if (followed && followed !== around) setAround(followed);
  const is_lost = followed === null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt is a reason to read.
  useEffect(() => {
    if (!is_lost || !online) return;
    let outdated = false;
    readAround(room_id, seq)
      .then((read) => {
        if (outdated) return;
        setAround(read);
        setFailure(null);
      })
      .catch((error) => !outdated && setFailure(explain(error)));
    return () => {
      outdated = true;
    };
  }, [room_id, seq, is_lost, online, attempt]);
  const retry = () => {
    setFailure(null);
    setAttempt((count) => count + 1);
  };
  const shown: AnyMessage[] | null = followed?.messages.slice().filter((message) => rootOf(message) === null) ?? null;
  return { messages: shown, failure, retry };
}

async function readAround(room_id: string, seq: number): Promise<Around> {
  const query = `around=${seq}&limit=${MESSAGES}`;
  const page = await call<Messages>("GET", `/api/rooms/${room_id}/messages?${query}`);
  return { messages: MessageRun.of(page.items), position: page.head, ends: page.next === null };
}
