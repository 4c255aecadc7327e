/** What was typed for the name, the topic and the description of rooms and is not saved; it lives as long as the page. */
import { create } from "zustand";
import { mayDescribe } from "@/lib/chat/membership";
import { useChat } from "@/lib/chat/store";
import { countAsUnsaved } from "@/lib/unsaved";

export interface Texts {
  name: string;
  topic: string;
  description: string;
}

type Typed = Partial<Texts>;

const NOTHING: Typed = {};

const useDescriptions = create<{ typed: Record<string, Typed> }>(() => ({ typed: {} }));

useChat.subscribe((chat, before) => {
  if (chat.me !== before.me) useDescriptions.setState({ typed: {} });
});

// Where one may describe no more, nobody waits for it.
countAsUnsaved(() => {
  const { timelines } = useChat.getState();
  return Object.keys(useDescriptions.getState().typed).filter((id) => timelines[id] && mayDescribe(timelines[id].room))
    .length;
});

/** Return only what was typed: of the rest, somebody else's change shows meanwhile. */
export function useTyped(room_id: string): Typed {
  return useDescriptions(({ typed }) => typed[room_id] ?? NOTHING);
}

/** Keep what was typed as far as it differs from what is stored. */
export function keepTyped(room_id: string, { typed, stored }: { typed: Typed; stored: Texts }): void {
  setTyped(room_id, (before) => filter({ ...before, ...typed }, (key, text) => text !== stored[key]));
}

/** Forget what was saved, but not what was typed since. */
export function forgetTyped(room_id: string, saved: Typed): void {
  setTyped(room_id, (before) => filter(before, (key, text) => text !== saved[key]));
}

function setTyped(room_id: string, change: (before: Typed) => Typed): void {
  useDescriptions.setState(({ typed }) => {
    const { [room_id]: before = NOTHING, ...others } = typed;
    const after = change(before);
    return { typed: Object.keys(after).length > 0 ? { ...others, [room_id]: after } : others };
  });
}

function filter(typed: Typed, isKept: (key: keyof Texts, text: string) => boolean): Typed {
  return Object.fromEntries(Object.entries(typed).filter(([key, text]) => isKept(key as keyof Texts, text)));
}
