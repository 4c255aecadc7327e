/** Who is choosing an emoji for what: one picker serves the whole room. */
import { create } from "zustand";

export interface EmojiRequest {
  /** Where the button stands that asked. */
  beside: DOMRect;
  /** What gets the focus afterwards. */
  back: HTMLElement | null;
  onPick: (emoji: string) => void;
}

export const useEmojiRequest = create<{ request: EmojiRequest | null }>(() => ({ request: null }));

/** Open the picker beside a button; a second press on it closes the picker. */
export function requestEmoji(button: HTMLElement, request: Omit<EmojiRequest, "beside">): void {
  useEmojiRequest.setState({ request: { ...request, beside: button.getBoundingClientRect() } });
}

export function closeEmoji(): void {
  const { request } = useEmojiRequest.getState();
  useEmojiRequest.setState({ request: null });
  if (request?.back?.isConnected) request.back.focus();
}
