/** The whole client: the sign-in pages, or the chat of whoever is signed in. */
import { FailureBoundary } from "@/components/failure-boundary";
import { SignInPage } from "@/features/accounts/sign-in-page";
import { forgetRooms } from "@/lib/chat/room-cache";
import { useT } from "@/lib/i18n";
import { useSession } from "@/lib/session";
import { ChatShell } from "./chat-shell";
import styles from "./chat-shell.module.css";

export function App() {
  const t = useT();
  const session = useSession();
  switch (session.status) {
    case "signed_in":
      return (
        <FailureBoundary instead={<Failed />} onFailure={() => void forgetRooms(session.user.id)}>
          <ChatShell key={session.user.id} user={session.user} />
        </FailureBoundary>
      );
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

/** What one typed is kept by the browser, so loading the page anew loses nothing. */
function Failed() {
  const t = useT();
  return (
    <div className={styles.waiting} role="alert">
      <p>{t("app.failed")}</p>
      <button type="button" className="button" onClick={() => location.reload()}>
        {t("app.reload")}
      </button>
      {/* Not by the page itself, which failed here; and another room may be well. */}
      <a href="/directory">{t("app.directory")}</a>
    </div>
  );
}
