/** Asks for the room of the page's address by itself, for the list of all rooms may be long and is not what one waits for. */
import { readRoute } from "@/lib/router";
import { renewAccess, useSession } from "@/lib/session";
import { loadRoom } from "./incoming";
import { useChat } from "./store";

/** Ask at once; where it fails, the list of rooms tells why. */
export async function loadShownRoom(): Promise<void> {
  const route = readRoute(location.pathname);
  if (route.page !== "room") return;
  try {
    const session = useSession.getState();
    if (session.status !== "signed_in") return;
    if (!session.access) await renewAccess();
    // By now this browser may have found what it kept of it.
    if (!useChat.getState().timelines[route.room_id]) await loadRoom(route.room_id);
  } catch (error) {
    console.warn("The room comes with the others.", error);
  }
}
