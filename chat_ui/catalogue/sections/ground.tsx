/** What everything is made of: colours, type, controls, seals and faces. */
import { Alert } from "@/components/alert";
import { Avatar } from "@/components/avatar";
import { Choice } from "@/components/choice";
import { Field } from "@/components/field";
import { Icon } from "@/components/icon";
import { PersonButton } from "@/components/person-button";
import { PersonFace } from "@/components/person-face";
import { Seal } from "@/components/seal";
import { Select } from "@/components/select";
import { user } from "@/testing/events";
import styles from "../catalogue.module.css";
import { ADA, BOT, MINSU, PEOPLE } from "../samples";
import { Line, Section } from "../section";

const TOKENS = [
  ...["n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8", "n9", "n10", "n11", "n12"],
  ...["a2", "a3", "a4", "a6", "a9", "a10", "a11", "on-a"],
  ...["red", "on-red", "red-text", "red-bg", "cau", "cau-bg", "cau-line", "ok", "away", "mark"],
  ...["rail", "rail-fg", "rail-on", "rail-lit", "line", "line-2", "scrim"],
  ...["desk", "sheet", "raised", "overlay", "input", "row-hover", "code", "code-keyword", "code-string"],
];
const TYPE = ["text-12", "text-13", "text-15", "text-18", "text-24", "text-code"];

export function TokensSection() {
  return (
    <Section name="Tokens">
      <ul className={styles.swatches}>
        {TOKENS.map((name) => (
          <li key={name}>
            <span className={styles.swatch} style={{ background: `var(--${name})` }} />
            {name}
          </li>
        ))}
      </ul>
    </Section>
  );
}

export function WordsSection() {
  return (
    <Section name="Type">
      {TYPE.map((name) => (
        <p key={name} style={{ font: `var(--${name})`, margin: "0 0 8px" }}>
          The lamp turns, 등대의 불빛이 돕니다, 0123456789
        </p>
      ))}
      <p style={{ margin: 0 }}>
        <strong>Bold</strong>, <span className="soft">soft</span>, <a href="#tokens">the tokens</a>, <code>code</code>
      </p>
    </Section>
  );
}

export function ControlsSection() {
  return (
    <Section name="Controls">
      <Line>
        {["primary", "", "danger"].map((kind) => (
          <button key={kind} type="button" className={`button ${kind}`}>
            {kind || "outlined"}
          </button>
        ))}
        <button type="button" className="button" disabled>
          disabled
        </button>
        <button type="button" className="button small">
          <Icon name="retry" small /> small
        </button>
        <button type="button" className="text-button">
          as a link
        </button>
        <button type="button" className="icon-button" aria-label="An icon">
          <Icon name="star" />
        </button>
      </Line>
      <Field label="A field" hint="What one should know of it." defaultValue="What was typed" />
      <Field label="An empty field" placeholder="What may be typed" />
      <Choice
        label="A choice"
        value="a"
        options={[
          { value: "a", label: "This one" },
          { value: "b", label: "That one" },
        ]}
        onChoose={() => {}}
      />
      <br />
      <Line>
        {["checkbox", "radio"].flatMap((type) =>
          [false, true].map((on) => (
            <label key={`${type} ${on}`} className="check">
              <input type={type} defaultChecked={on} /> {type}
            </label>
          )),
        )}
        <Select
          aria-label="A quiet choice"
          look="quiet"
          value="a"
          options={[{ value: "a", label: "Quiet" }]}
          onChoose={() => {}}
        />
      </Line>
      <Alert>This username is taken.</Alert>
    </Section>
  );
}

export function SealsSection() {
  return (
    <Section name="Seals">
      <Line>
        {(["writing", "waiting", "disk", "failed"] as const).map((state) => (
          <span key={state}>
            <Seal state={state} label={state} /> {state}
          </span>
        ))}
        <span>
          <Seal state="disk" is_drawn /> all of it
        </span>
      </Line>
    </Section>
  );
}

export function PeopleSection() {
  const [ada, minsu, bot] = PEOPLE;
  return (
    <Section name="People">
      <Line>
        <Avatar id={ADA} user={ada} size="tiny" />
        <Avatar id={ADA} user={ada} size="small" />
        <Avatar id={ADA} user={ada} />
        <Avatar id={ADA} user={ada} size="large" />
        <Avatar id={ADA} user={ada} size="huge" />
        <Avatar id={BOT} user={bot} />
        {["b", "c", "d", "e", "f", "g", "h", "i"].map((id) => (
          <Avatar key={id} id={id} user={user(id)} />
        ))}
      </Line>
      <Line>
        <PersonFace id={ADA} user={ada} />
        <PersonFace id={MINSU} user={minsu} />
        <PersonFace id="dnd" user={user("dnd")} />
        <PersonFace id="offline" user={user("offline")} />
        <PersonFace id={ADA} user={ada} size="huge" />
        <PersonButton id={MINSU}>김민수</PersonButton>
      </Line>
    </Section>
  );
}
