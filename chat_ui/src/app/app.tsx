/** The whole client: the sign-in pages, or the chat of whoever is signed in. */
import { Suspense } from "react";
import { FailureBoundary } from "@/components/failure-boundary";
import { SignInPage } from "@/features/accounts/sign-in-page";
import { forgetRooms } from "@/lib/chat/room-cache";
import { useT } from "@/lib/i18n";
import { lazily } from "@/lib/lazily";
import { useRoute } from "@/lib/router";
import { useSession } from "@/lib/session";
import { ChatShell } from "./chat-shell";
import styles from "./chat-shell.module.css";

const ConfirmEmailPage = lazily(() => import("@/features/accounts/confirm-email-page"));

export function App() {
  const t = useT();
  const session = useSession();
  const { page } = useRoute();
  // Whoever is signed in here: the mail may belong to somebody else.
  if (page === "confirm_email") {
    return (
      <FailureBoundary instead={<Failed />}>
        <Suspense fallback={null}>
          <ConfirmEmailPage />
        </Suspense>
      </FailureBoundary>
    );
  }
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
