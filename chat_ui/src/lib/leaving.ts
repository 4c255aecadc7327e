/** Has the browser ask before the page is left with something that would be lost. */
import { useChat } from "./chat/store";
import { load } from "./storage";
import { countUnsaved } from "./unsaved";

export function askBeforeLeaving(): void {
  addEventListener("beforeunload", (event) => {
    const { me, outbox, kept } = useChat.getState();
    // Once another person is signed in, the page of the first one goes unasked.
    const is_theirs = (load("signed_in") ?? me) === me;
    if (is_theirs && (countUnsaved() > 0 || (!kept && outbox.length > 0))) event.preventDefault();
  });
}
