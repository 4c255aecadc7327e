/** Where a room is dropped that is to be the first favourite: it lies over the list, so that nothing moves under the pointer. */
import { setMine } from "@/lib/chat/mine";
import { explain, useT } from "@/lib/i18n";
import { sayDropFailed, stopDragging, useDragging } from "./dragging";
import styles from "./room-list.module.css";

export function FavouritesTarget() {
  const t = useT();
  const dragging = useDragging(({ room_id }) => room_id);
  if (dragging === null) return null;
  return (
    <section
      className={styles.first_favourite}
      aria-label={t("rooms.favourites")}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        stopDragging();
        setMine(dragging, { favourite: true }).catch((error) => sayDropFailed(explain(error)));
      }}
    >
      <p>{t("sections.drop_favourite")}</p>
    </section>
  );
}
