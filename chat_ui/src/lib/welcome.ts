/** How far somebody new has come with the first steps; this browser remembers it until they are done or put away. */
import { create } from "zustand";
import { mayModerate } from "./chat/membership";
import { type Chat, useChat } from "./chat/store";
import { useInstall } from "./install";
import type { Room } from "./protocol";
import { load, save } from "./storage";

interface Welcome {
  /** Whether the steps are offered. */
  is_open: boolean;
  /** The room in which one says hello: the first that was joined. */
  hello_in: string | null;
  has_said: boolean;
  has_invited: boolean;
}

const NOTHING: Welcome = { is_open: false, hello_in: null, has_said: false, has_invited: false };

export const useWelcome = create<Welcome>(() => NOTHING);

useChat.subscribe((chat, before) => {
  if (chat.me !== before.me) useWelcome.setState(read(chat.me));
});

export function changeWelcome(change: Partial<Welcome>): void {
  useWelcome.setState(change);
  const { me } = useChat.getState();
  if (me) save(`welcome.${me}`, JSON.stringify(useWelcome.getState()));
}

function read(me: string): Welcome {
  try {
    return { ...NOTHING, ...(JSON.parse(load(`welcome.${me}`) ?? "null") as Partial<Welcome> | null) };
  } catch (error) {
    console.warn("How far the first steps went cannot be read.", error);
    return NOTHING;
  }
}

/** The steps that can be taken here, and whether each is done; a step that is not offered is left out. */
export interface Steps {
  join: boolean;
  say: boolean;
  invite?: boolean;
  install?: boolean;
}

export function useSteps(): Steps {
  const { has_said, has_invited } = useWelcome();
  const join = useChat(({ timelines }) => firstChannel(timelines) !== undefined);
  const may_invite = useChat(({ timelines }) => invitingRoom(timelines) !== undefined);
  const can_install = useInstall(({ prompt }) => prompt !== null);
  const is_installed = useInstall((known) => known.is_installed);
  return {
    join,
    say: has_said,
    ...(may_invite && { invite: has_invited }),
    ...((can_install || is_installed) && { install: is_installed }),
  };
}

export function firstChannel(timelines: Chat["timelines"]): Room | undefined {
  for (const id in timelines) {
    const room = timelines[id]?.room;
    if (room?.kind === "channel" && !room.archived) return room;
  }
  return undefined;
}

/** Return a channel into which the person may invite by a link. */
export function invitingRoom(timelines: Chat["timelines"]): Room | undefined {
  for (const id in timelines) {
    const room = timelines[id]?.room;
    if (room?.kind === "channel" && !room.archived && mayModerate(room)) return room;
  }
  return undefined;
}
