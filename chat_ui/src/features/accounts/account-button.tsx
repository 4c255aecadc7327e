/** The signed-in person at the foot of the rail, and what they can do about their account. */
import { Suspense, useState } from "react";
import { PersonFace } from "@/components/person-face";
import { useT } from "@/lib/i18n";
import { lazily } from "@/lib/lazily";
import { userName } from "@/lib/names";
import type { User } from "@/lib/protocol";
import styles from "./account-button.module.css";

const AccountCard = lazily(() => import("./account-card"));
const SignOutDialog = lazily(() => import("./sign-out-dialog"));

export function AccountButton({ user }: { user: User }) {
  const t = useT();
  const [open, setOpen] = useState<"card" | "sign_out" | null>(null);
  const close = () => setOpen(null);
  return (
    <>
      <button
        type="button"
        className={styles.button}
        aria-haspopup="dialog"
        aria-label={t("account.menu", { name: userName(user) })}
        title={t("account.menu", { name: userName(user) })}
        onClick={() => setOpen("card")}
      >
        <PersonFace id={user.id} user={user} size="medium" />
      </button>
      <Suspense fallback={null}>
        {open === "card" && <AccountCard user={user} onClose={close} onAsk={() => setOpen("sign_out")} />}
        {open === "sign_out" && <SignOutDialog me={user.id} onClose={close} />}
      </Suspense>
    </>
  );
}
