/** The whole client: the sign-in pages, or the chat of whoever is signed in. */
import { SignInPage } from "@/features/accounts/sign-in-page";
import { useT } from "@/lib/i18n";
import { useSession } from "@/lib/session";
import { ChatShell } from "./chat-shell";
import styles from "./chat-shell.module.css";

export function App() {
  const t = useT();
  const session = useSession();
  switch (session.status) {
    case "signed_in":
      return <ChatShell key={session.user.id} user={session.user} />;
    case "signed_out":
      return <SignInPage />;
    default:
      return (
        <p className={styles.waiting} role="status">
          {t(session.status === "unreachable" ? "app.unreachable" : "app.loading")}
        </p>
      );
  }
}
