/** What one may do with a message, each thing once: the bar, the sheet of a phone and the keys offer the same. */
import type { IconName } from "@/components/icon";
import { mayWrite } from "@/lib/chat/membership";
import { isPinned, pin } from "@/lib/chat/pins";
import { toggleReaction } from "@/lib/chat/reactions";
import { markReadUpTo, markUnread } from "@/lib/chat/reading";
import { useChat } from "@/lib/chat/store";
import { explain, type Translate } from "@/lib/i18n";
import type { Message, Room } from "@/lib/protocol";
import { messagePath, navigate, threadPath } from "@/lib/router";
import { toasts } from "@/lib/toasts";
import { countEmoji } from "./frequent-emoji";
import { answer, keepUnread, startEditing } from "./room-desk";

export interface MessageAction {
  icon: IconName;
  label: string;
  /** The key that does it while the row has the focus: the key and not its letter, which a Hangul layout changes. */
  code: string;
  danger?: boolean;
  /** Whether it stands in the bar itself; the others are behind its last button. */
  is_near?: boolean;
  /** Whether it begins another group. */
  begins?: boolean;
  run: () => void;
}

export interface ActionContext {
  me: string;
  t: Translate;
  /** Returns the text with names in the place of ids. */
  named: (text: string) => string;
  onFailure: (reason: string | null) => void;
  onDelete: () => void;
  onWhy: () => void;
  /** Whether it stands in a panel beside a room or a list. */
  in_thread?: boolean | undefined;
}

/** Return what may be done in the room as it is now, in the order of the bar. */
export function actionsOf(message: Message, room: Room | undefined, context: ActionContext): MessageAction[] {
  const { me, t, named, onDelete, onWhy, in_thread } = context;
  const is_mine = message.sender === me;
  const is_pinned = isPinned(message);
  const may_delete = is_mine || room?.role === "owner" || room?.role === "moderator";
  const actions: (MessageAction | false)[] = [
    mayWrite(room) &&
      is_mine && {
        icon: "edit",
        label: t("messages.edit_unsent"),
        code: "KeyE",
        run: () => startEditing(message, in_thread),
      },
    !in_thread &&
      mayWrite(room) && {
        icon: "thread",
        label: t("threads.reply"),
        code: "KeyT",
        is_near: true,
        run: () => navigate(threadPath(message.room_id, message.id)),
      },
    !in_thread &&
      mayWrite(room) && {
        icon: "reply",
        label: t("messages.reply"),
        code: "KeyQ",
        is_near: true,
        run: () => answer(message),
      },
    mayWrite(room) && {
      icon: is_pinned ? "unpin" : "pin",
      label: t(is_pinned ? "pins.unpin" : "pins.pin"),
      code: "KeyP",
      begins: true,
      run: () => void changePin(message, !is_pinned, context),
    },
    { icon: "copy", label: t("messages.copy"), code: "KeyC", run: () => void copy(named(message.text), context) },
    {
      icon: "link",
      label: t("messages.copy_link"),
      code: "KeyL",
      run: () => void copy(location.origin + messagePath(message), context),
    },
    {
      icon: "unread",
      label: t("messages.unread_from_here"),
      code: "KeyU",
      run: () => void leaveUnread(message, context),
    },
    { icon: "bell", label: t("why.ask"), code: "KeyW", run: onWhy },
    may_delete && {
      icon: "delete",
      label: t("messages.delete"),
      code: "Delete",
      danger: true,
      begins: true,
      run: onDelete,
    },
  ];
  return actions.filter((action) => action !== false);
}

/** Put an emoji on the message, or take one's own back. */
export function react(message: Message, emoji: string, { me, onFailure }: ActionContext): void {
  onFailure(null);
  const is_mine = message.reactions.some((reaction) => reaction.emoji === emoji && reaction.mine);
  if (!is_mine) countEmoji(me, emoji);
  toggleReaction(message, emoji).catch((error) => onFailure(explain(error)));
}

async function changePin(message: Message, pinned: boolean, { onFailure }: ActionContext): Promise<void> {
  onFailure(null);
  try {
    await pin(message, pinned);
  } catch (error) {
    onFailure(explain(error));
  }
}

async function leaveUnread(message: Message, { t, onFailure }: ActionContext): Promise<void> {
  onFailure(null);
  const { room_id } = message;
  const read_seq = useChat.getState().timelines[room_id]?.room.read_seq ?? 0;
  keepUnread(room_id, true);
  try {
    await markUnread(message);
    const undo = () => {
      keepUnread(room_id, false);
      return markReadUpTo(room_id, read_seq);
    };
    toasts.show({ text: t("toast.unread"), ...(read_seq >= message.seq && { undo }) });
  } catch (error) {
    keepUnread(message.room_id, false);
    onFailure(explain(error));
  }
}

async function copy(text: string, { t, onFailure }: ActionContext): Promise<void> {
  onFailure(null);
  try {
    await navigator.clipboard.writeText(text);
  } catch (error) {
    // Without https there is no clipboard at all.
    console.warn("It could not be copied.", error);
    onFailure(t("messages.copy_failed"));
  }
}
