/** The chat: rooms at the side, what is chosen beside them; on a phone one of the two. */
import { type ReactNode, Suspense, useEffect } from "react";
import { FailureBoundary } from "@/components/failure-boundary";
import panelStyles from "@/components/panel.module.css";
import { PartFailed } from "@/components/part-failed";
import { Toasts } from "@/components/toasts";
import { ConnectionBar } from "@/features/connection/connection-bar";
import { ConnectionVoice } from "@/features/connection/connection-voice";
import { useShortcuts } from "@/features/keyboard/shortcuts";
import { RoomPage } from "@/features/messages/room-page";
import { Notices } from "@/features/notices/notices";
import { ProfilePopover } from "@/features/people/profile-popover";
import { startChat } from "@/lib/chat/client";
import { tellFocus } from "@/lib/chat/reading";
import { useChat, useInRoom } from "@/lib/chat/store";
import { useFocused } from "@/lib/focus";
import { useLanguage, useT } from "@/lib/i18n";
import { startDesktopNotices } from "@/lib/notices/desktop-notices";
import { startPush } from "@/lib/notices/push";
import { closeOutbox, closeOverlay, useOutboxPanel, useOverlay } from "@/lib/overlay";
import type { User } from "@/lib/protocol";
import { useRoute } from "@/lib/router";
import styles from "./chat-shell.module.css";
import { HomePage } from "./home-page";
import {
  DetailsPanel,
  DirectoryPage,
  InboxPage,
  JoinPage,
  KeyboardSheet,
  OutboxPanel,
  PreferencesPage,
  prepareParts,
  StatusForm,
  Switcher,
  ThreadPanel,
  ThreadsPage,
  WelcomePage,
} from "./lazy-components";
import { Rail } from "./rail";
import { Side } from "./side";
import { useFocusKept } from "./use-focus-kept";
import { useTitle } from "./use-title";
import { useVisibleHeight } from "./use-visible-height";

export function ChatShell({ user }: { user: User }) {
  const t = useT();
  const route = useRoute();
  const room_id = route.page === "room" ? route.room_id : null;
  const is_known = useInRoom(room_id ?? "", (timeline) => timeline !== undefined);
  // A room that is not there has no panel, and says so itself.
  const panel = route.page === "room" && is_known ? route.panel : null;
  const thread = route.page === "room" && is_known ? route.thread : null;
  const seq = route.page === "room" ? route.seq : null;
  const outbox = useOutboxPanel(({ open }) => open);
  const at_home = route.page === "home" || route.page === "directs" || route.page === "register";
  // On a phone what is open takes the place of the rooms.
  const aside = at_home && !outbox;
  // These have the width of the rooms too, and on a phone they are a place as the home is.
  const without_rooms = route.page === "inbox" || route.page === "settings";
  const has_rail = aside || (without_rooms && !outbox);
  useEffect(() => startChat(user.id), [user.id]);
  useEffect(() => startDesktopNotices(user.id), [user.id]);
  useEffect(() => startPush(user.id), [user.id]);
  usePartsPrepared();
  useFocusTold(room_id);
  useFocusKept();
  useVisibleHeight();
  useTitle(room_id);
  useShortcuts();
  // One panel at a time: another one, or a room gone to, closes the outbox.
  // biome-ignore lint/correctness/useExhaustiveDependencies: these are what closes it.
  useEffect(closeOutbox, [panel, room_id, route.page]);
  const overlay = useOverlay(({ open }) => open);
  return (
    <div className={styles.shell}>
      <a href="#main" className={styles.skip}>
        {t("app.skip")}
      </a>
      <div className={styles.columns}>
        <div className={has_rail ? styles.rail : `${styles.rail} ${styles.on_wide}`}>
          <Rail user={user} page={route.page} />
        </div>
        <Side user={user} page={route.page} is_home={aside} is_hidden={without_rooms} />
        <div className={`${styles.chosen} ${aside ? styles.on_wide : ""}`}>
          {room_id && (
            <div className={panel || thread || outbox ? `${styles.room} ${styles.beside}` : styles.room}>
              <RoomPage
                key={room_id}
                room_id={room_id}
                panel={panel}
                thread={thread}
                seq={seq}
                bar={<ConnectionBar />}
              />
            </div>
          )}
          {room_id && panel && !outbox && (
            <Beside>
              <DetailsPanel room_id={room_id} panel={panel} />
            </Beside>
          )}
          {room_id && thread && !outbox && (
            <Beside>
              <ThreadPanel room_id={room_id} root_id={thread} />
            </Beside>
          )}
          {!room_id && (
            <div className={outbox ? `${styles.room} ${styles.beside}` : styles.room}>
              {route.page === "directory" && (
                <Later>
                  <DirectoryPage bar={<ConnectionBar />} />
                </Later>
              )}
              {route.page === "inbox" && (
                <Later>
                  <InboxPage filter={route.filter} chosen={route.chosen} is_covered={outbox} bar={<ConnectionBar />} />
                </Later>
              )}
              {route.page === "welcome" && (
                <Later>
                  <WelcomePage user={user} bar={<ConnectionBar />} />
                </Later>
              )}
              {route.page === "threads" && (
                <Later>
                  <ThreadsPage chosen={route.chosen} is_covered={outbox} bar={<ConnectionBar />} />
                </Later>
              )}
              {route.page === "settings" && (
                <Later>
                  <PreferencesPage
                    part={route.part}
                    user={user}
                    status={<StatusForm user={user} />}
                    bar={<ConnectionBar />}
                  />
                </Later>
              )}
              {route.page === "join" && (
                <Later>
                  <JoinPage bar={<ConnectionBar />} />
                </Later>
              )}
              {at_home && <HomePage user={user} />}
            </div>
          )}
          {outbox && (
            <Beside>
              <OutboxPanel />
            </Beside>
          )}
        </div>
      </div>
      <ConnectionVoice />
      <div className={styles.corner}>
        <Notices room_id={room_id} />
        <Toasts />
      </div>
      <ProfilePopover />
      {overlay && (
        <FailureBoundary instead={null} onFailure={closeOverlay}>
          <Suspense>
            {overlay === "switcher" && <Switcher onClose={closeOverlay} />}
            {overlay === "keyboard" && <KeyboardSheet onClose={closeOverlay} />}
          </Suspense>
        </FailureBoundary>
      )}
    </div>
  );
}

/** A page whose code is on its way, or could not come. */
function Later({ children }: { children: ReactNode }) {
  return (
    <FailureBoundary
      instead={(again) => (
        <main className={styles.waiting} id="main">
          <PartFailed again={again} />
        </main>
      )}
    >
      <Suspense fallback={<main className={styles.page} id="main" />}>{children}</Suspense>
    </FailureBoundary>
  );
}

/** A panel in the same case, of which the place is there at once. */
function Beside({ children }: { children: ReactNode }) {
  return (
    <FailureBoundary
      instead={(again) => (
        <div className={panelStyles.panel}>
          <PartFailed again={again} />
        </div>
      )}
    >
      <Suspense fallback={<div className={panelStyles.panel} />}>{children}</Suspense>
    </FailureBoundary>
  );
}

/** Have what one may open next here by then, once the rooms are. */
function usePartsPrepared(): void {
  const loaded = useChat((chat) => chat.loaded);
  const language = useLanguage();
  // What is there is not loaded again; another language has other letters.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the language is why.
  useEffect(() => {
    if (loaded) void prepareParts();
  }, [loaded, language]);
}

/** Tell the server which room is really looked at, again after each connecting. */
function useFocusTold(room_id: string | null): void {
  const focused = useFocused();
  const online = useChat(({ link }) => link === "online");
  useEffect(() => {
    if (online) tellFocus(focused ? room_id : null);
  }, [room_id, focused, online]);
}
