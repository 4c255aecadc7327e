/** Starts and stops the chat of one person: the composition of this folder. */
import { agreeWithAccount } from "@/lib/account-preferences";
import { askForUnresolved, doubtPeople, forgetPeople } from "@/lib/people";
import { useSession } from "@/lib/session";
import { catchUp } from "./catch-up";
import { listen } from "./incoming";
import { forgetAllQuoted } from "./quoted";
import { forgetRooms, keepRooms } from "./room-cache";
import { flushAfterConnecting, shareOutbox } from "./sending";
import { loadShownRoom } from "./shown-room";
import { closeSocket, openSocket } from "./socket";
import { resetChat, useChat } from "./store";
import { doubtFollowing } from "./thread-follows";
import { readThreadNews } from "./thread-news";

/** Connect as the person who is signed in; the answer stops it again and forgets everything. */
export function startChat(me: string): () => void {
  resetChat(me);
  const unsubscribe = useChat.subscribe((chat, before) => {
    if (chat.link !== "online" || before.link === "online") return;
    forgetAllQuoted();
    doubtFollowing();
    if (before.lost_at !== null) doubtPeople();
    // A page that began without a connection has doubts of nobody, and lacks names.
    askForUnresolved();
    void catchUp();
    void readThreadNews();
    if (before.lost_at === null) void agreeWithAccount(me);
    flushAfterConnecting();
  });
  const stopSharing = shareOutbox(me);
  const stopKeeping = keepRooms(me);
  openSocket(listen);
  void loadShownRoom();
  return () => {
    unsubscribe();
    stopSharing();
    stopKeeping();
    if (useSession.getState().status === "signed_out") void forgetRooms(me);
    closeSocket();
    resetChat("");
    forgetPeople();
    forgetAllQuoted();
  };
}
