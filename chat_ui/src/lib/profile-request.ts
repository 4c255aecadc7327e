/** Whose card is open, and beside what. */
import { create } from "zustand";

export interface ProfileRequest {
  user_id: string;
  /** What was pressed: the card stands beside it, and the focus goes back there. */
  beside: HTMLElement;
}

export const useProfileRequest = create<{ request: ProfileRequest | null }>(() => ({ request: null }));

export function openProfile(user_id: string, beside: HTMLElement): void {
  useProfileRequest.setState({ request: { user_id, beside } });
}

export function closeProfile(): void {
  useProfileRequest.setState({ request: null });
}
