/** What of the chat one does not see first: the code of each component comes in a quiet moment, or when it is opened. */
import { saidOffline } from "@/lib/i18n";
import { lazily } from "@/lib/lazily";

const QUIET_MILLISECONDS = 200;

export const DetailsPanel = lazily(async () => {
  return { default: (await import("@/features/details/details-panel")).DetailsPanel };
});
export const DirectoryPage = lazily(async () => {
  return { default: (await import("@/features/rooms/directory-page")).DirectoryPage };
});
export const InboxPage = lazily(() => import("@/features/messages/inbox/inbox-page"));
export const JoinPage = lazily(async () => ({ default: (await import("./join-page")).JoinPage }));
export const KeyboardSheet = lazily(async () => {
  return { default: (await import("@/features/keyboard/keyboard-sheet")).KeyboardSheet };
});
export const OutboxPanel = lazily(async () => {
  return { default: (await import("@/features/messages/outbox-panel")).OutboxPanel };
});
export const PreferencesPage = lazily(() => import("@/features/preferences/preferences-page"));
export const StatusForm = lazily(() => import("@/features/accounts/status-form"));
export const Switcher = lazily(async () => ({ default: (await import("@/features/switcher/switcher")).Switcher }));
export const ThreadPanel = lazily(async () => {
  return { default: (await import("@/features/messages/thread-panel")).ThreadPanel };
});
export const ThreadsPage = lazily(() => import("@/features/messages/inbox/threads-page"));
export const WelcomePage = lazily(() => import("./welcome-page"));

/** Those that open at a key or beside what one reads, where a wait would be felt; first what one wants without a connection. */
const NEAR = [OutboxPanel, Switcher, ThreadPanel, DetailsPanel, DirectoryPage, KeyboardSheet];

/** Load them one after the other, each when nothing else is to be done. */
export async function prepareParts(): Promise<void> {
  for (const part of NEAR) {
    await quiet();
    await part.prepare();
  }
  await prepareLetters();
}

/** A font for Korean comes in parts, as its letters are needed; without a connection none comes. */
async function prepareLetters(): Promise<void> {
  try {
    await document.fonts.load("1em 'Pretendard Variable'", saidOffline());
  } catch (error) {
    console.warn("The letters of what is said without a connection are not here yet.", error);
  }
}

function quiet(): Promise<void> {
  return new Promise((resolve) => {
    // Safari knows no quiet moments.
    if ("requestIdleCallback" in window) requestIdleCallback(() => resolve());
    else setTimeout(resolve, QUIET_MILLISECONDS);
  });
}
