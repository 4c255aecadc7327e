/** A panel, and the outbox in one. */
import { Panel } from "@/components/panel";
import { OutboxPanel } from "@/features/messages/outbox-panel";
import styles from "../catalogue.module.css";
import { Section } from "../section";

export function PanelsSection() {
  return (
    <Section name="Panels">
      <div className={styles.beside}>
        <Panel label="A panel" title="A panel" lead="What it is about" close={{ label: "Close", onClose: () => {} }}>
          <p className={styles.inside}>Whatever it shows.</p>
        </Panel>
        <OutboxPanel />
      </div>
    </Section>
  );
}
