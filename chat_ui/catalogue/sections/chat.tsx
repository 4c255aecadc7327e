/** The rows of the list of rooms, the places to write, and what is said of the connection. */
import { EmptyState } from "@/components/empty-state";
import { Link } from "@/components/link";
import { ConnectionBar } from "@/features/connection/connection-bar";
import { DiskLine } from "@/features/connection/disk-line";
import { ClosedBar } from "@/features/messages/closed-bar";
import { Composer } from "@/features/messages/composer";
import { RoomHead } from "@/features/messages/room-head";
import { RoomRow } from "@/features/rooms/room-row";
import { useT } from "@/lib/i18n";
import styles from "../catalogue.module.css";
import { ADA, HARBOUR, ROOMS, ROOT_ID } from "../samples";
import { Section } from "../section";

const [HARBOUR_ROOM] = ROOMS;

export function RoomsSection() {
  return (
    <Section name="Rooms">
      {/* biome-ignore lint/a11y/useSemanticElements: a row is an item of such a list, see there. */}
      <div role="list" className={styles.side}>
        {ROOMS.map((room) => (
          <RoomRow key={room.id} room={room} me={ADA} shown={room.id === HARBOUR} />
        ))}
      </div>
    </Section>
  );
}

export function WritingSection() {
  const t = useT();
  return (
    <Section name="Writing" is_flush>
      <Composer room_id={HARBOUR} name="#harbour" me={ADA} />
      <Composer room_id={HARBOUR} thread={ROOT_ID} name={t("threads.title")} me={ADA} />
      {HARBOUR_ROOM && <ClosedBar closed={{ because: "archived" }} room={HARBOUR_ROOM} />}
    </Section>
  );
}

export function ConnectionSection() {
  return (
    <Section name="Connection" is_flush>
      <RoomHead name="#harbour" room={ROOMS[0]} panel="about" />
      <ConnectionBar />
      <DiskLine />
    </Section>
  );
}

export function EmptySection() {
  const t = useT();
  return (
    <Section name="Empty">
      <EmptyState icon="lock" title={t("rooms.gone")} about={t("rooms.gone_about")}>
        <Link to="/" className="button">
          {t("app.back")}
        </Link>
      </EmptyState>
    </Section>
  );
}
