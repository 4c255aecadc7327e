/** The dialogs of the room list: their code comes when one is opened. */
import { lazily } from "@/lib/lazily";

export const CreateChannelDialog = lazily(async () => {
  return { default: (await import("./create-channel-dialog")).CreateChannelDialog };
});
export const FindPersonDialog = lazily(async () => {
  return { default: (await import("./find-person-dialog")).FindPersonDialog };
});
