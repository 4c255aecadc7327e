/** The first steps of somebody new: rooms, a hello, the colleagues, the app. In any order, and none of them has to be. */
import { type ReactNode, useCallback, useEffect } from "react";
import { Icon } from "@/components/icon";
import { Link } from "@/components/link";
import { InstallCard } from "@/features/accounts/install-card";
import { InvitationLink } from "@/features/details/invitation-link";
import { EmojiPopover } from "@/features/messages/emoji-popover";
import { HelloForm } from "@/features/messages/hello-form";
import { PeopleCards } from "@/features/people/people-cards";
import { SuggestedChannels } from "@/features/rooms/suggested-channels";
import { useChat } from "@/lib/chat/store";
import { useT } from "@/lib/i18n";
import { userName } from "@/lib/names";
import { IS_MAC } from "@/lib/platform";
import type { User } from "@/lib/protocol";
import { navigate } from "@/lib/router";
import { changeWelcome, firstChannel, invitingRoom, type Steps, useSteps, useWelcome } from "@/lib/welcome";
import styles from "./welcome-page.module.css";

export default function WelcomePage({ user, bar }: { user: User; bar: ReactNode }) {
  const t = useT();
  const { hello_in, has_said } = useWelcome();
  const steps = useSteps();
  const room = useChat(({ timelines }) => timelines[hello_in ?? ""]?.room ?? firstChannel(timelines));
  const invites = useChat(({ timelines }) => invitingRoom(timelines));
  const onSaid = useCallback(() => changeWelcome({ has_said: true }), []);
  useEffect(() => changeWelcome({ is_open: true }), []);
  const finish = () => {
    changeWelcome({ is_open: false });
    navigate("/");
  };
  let number = 0;
  const step = (name: keyof Steps, title: string) => {
    number += 1;
    return <StepTitle number={number} is_done={steps[name] === true} title={title} />;
  };
  return (
    <main className={styles.page} id="main">
      {bar}
      <div className={styles.scroll}>
        <div className={styles.content}>
          <header className={styles.head}>
            <Link to="/" className={`icon-button ${styles.back}`} aria-label={t("app.back")}>
              <Icon name="back" />
            </Link>
            <h1>{t("welcome.title", { name: userName(user) })}</h1>
            <p>{t("welcome.lead")}</p>
          </header>
          <section>
            {step("join", t("welcome.join"))}
            <SuggestedChannels onJoined={(room_id) => hello_in ?? changeWelcome({ hello_in: room_id })} />
          </section>
          <section className={styles.hello}>
            {step("say", room ? t("welcome.say", { name: `#${room.name}` }) : t("welcome.say_nowhere"))}
            {room ? (
              <HelloForm key={room.id} room={room} name={userName(user)} has_said={has_said} onSaid={onSaid} />
            ) : (
              <p className="soft">{t("welcome.say_first")}</p>
            )}
          </section>
          <div className={styles.beside}>
            {invites && (
              <section>
                {step("invite", t("welcome.invite"))}
                <div className={styles.card}>
                  <InvitationLink room={invites} onMade={() => changeWelcome({ has_invited: true })} />
                </div>
              </section>
            )}
            {steps.install !== undefined && (
              <section>
                {step("install", t("welcome.app"))}
                <div className={styles.card}>
                  {steps.install ? <p className="soft">{t("welcome.installed")}</p> : <InstallCard />}
                </div>
              </section>
            )}
            <p className={styles.tip}>
              <Icon name="keyboard" small />
              <span>
                <kbd>{IS_MAC ? "⌘" : "Ctrl"}</kbd> <kbd>K</kbd> {t("welcome.tip")}
              </span>
            </p>
            <button type="button" className="text-button" onClick={finish}>
              {t("welcome.finish")}
            </button>
          </div>
          {room && (
            <div className={styles.people}>
              <PeopleCards key={room.id} room_id={room.id} title={t("welcome.people", { name: `#${room.name}` })} />
            </div>
          )}
        </div>
      </div>
      <EmojiPopover me={user.id} />
    </main>
  );
}

function StepTitle({ number, is_done, title }: { number: number; is_done: boolean; title: string }) {
  const t = useT();
  return (
    <h2 className={styles.step}>
      {is_done ? (
        <span className={styles.done}>
          <Icon name="check" small />
          <span className="only-read-out">{t("welcome.done")}</span>
        </span>
      ) : (
        <span className={styles.number}>{number}</span>
      )}
      {title}
    </h2>
  );
}
