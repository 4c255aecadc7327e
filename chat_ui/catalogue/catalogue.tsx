/** Every component in its states, with switches for what changes all of them. Its own words are English: it is for developers. */
import { useState } from "react";
import { Choice } from "@/components/choice";
import { DENSITIES, setDensity, setTheme, THEMES, useDensity, useTheme } from "@/lib/appearance";
import { LANGUAGES, type Language, setLanguage, useLanguage } from "@/lib/i18n";
import styles from "./catalogue.module.css";
import { connect } from "./samples";
import { ConnectionSection, EmptySection, RoomsSection, WritingSection } from "./sections/chat";
import { ControlsSection, PeopleSection, SealsSection, TokensSection, WordsSection } from "./sections/ground";
import { MessagesSection, TextSection, UnsentSection, WaitingSection } from "./sections/messages";
import { OverlaysSection } from "./sections/overlays";
import { PanelsSection } from "./sections/panels";

const options = (values: readonly string[]) => values.map((value) => ({ value, label: value }));

export function Catalogue() {
  const [link, setLink] = useState("online");
  return (
    <div className={styles.page}>
      <header className={styles.switches}>
        <h1>Catalogue</h1>
        <Choice
          label="Theme"
          value={useTheme()}
          options={THEMES.map((value) => ({ value, label: value }))}
          onChoose={setTheme}
        />
        <Choice
          label="Language"
          value={useLanguage()}
          options={Object.entries(LANGUAGES).map(([value, label]) => ({
            value: value as Language,
            label,
            lang: value,
          }))}
          onChoose={(language) => void setLanguage(language)}
        />
        <Choice
          label="Density"
          value={useDensity()}
          options={DENSITIES.map((value) => ({ value, label: value }))}
          onChoose={setDensity}
        />
        <Choice
          label="Connection"
          value={link}
          options={options(["online", "offline"])}
          onChoose={(chosen) => {
            setLink(chosen);
            connect(chosen === "online" ? "online" : "offline");
          }}
        />
      </header>
      <main>
        <TokensSection />
        <WordsSection />
        <ControlsSection />
        <SealsSection />
        <PeopleSection />
        <RoomsSection />
        <MessagesSection />
        <TextSection />
        <UnsentSection />
        <WaitingSection />
        <WritingSection />
        <ConnectionSection />
        <EmptySection />
        <PanelsSection />
        <OverlaysSection />
      </main>
    </div>
  );
}
