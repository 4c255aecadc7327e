/** A message's text as it is read: its Markdown as elements, never as HTML. */
import { createContext, memo, type ReactNode, useContext, useMemo } from "react";
import { FailureBoundary } from "@/components/failure-boundary";
import { Link } from "@/components/link";
import { PersonButton } from "@/components/person-button";
import { useRoom } from "@/lib/chat/store";
import { useEmojiBook } from "@/lib/emoji";
import { useT } from "@/lib/i18n";
import { type Alignment, type Block, type Inline, readText } from "@/lib/markdown";
import { useRoomName, userName } from "@/lib/names";
import { usePeople, useWanted } from "@/lib/people";
import { roomPath } from "@/lib/router";
import { CodeBlock } from "./code-block";
import { isFewEmoji } from "./few-emoji";
import styles from "./message-text.module.css";

interface Props {
  text: string;
  me: string;
  /** Who wrote it; nobody calls themselves. */
  sender: string;
  /** Those whom the server has found in it; nobody else is asked for. All are where it has not read the text yet. */
  mentioned?: readonly string[];
  /** What stands behind the last line, such as that it was edited. */
  after?: ReactNode;
}

interface Mentions {
  mentioned?: readonly string[] | undefined;
  /** Whether a mention in it can call the person. */
  can_call: boolean;
}

const MentionsContext = createContext<Mentions>({ can_call: false });

/** Where a text cannot be drawn it stands as it was written: one message takes no room with it. */
export const MessageText = memo(function MessageText(props: Props) {
  const { mentioned, sender, me } = props;
  const mentions = useMemo(() => ({ mentioned, can_call: sender !== me }), [mentioned, sender, me]);
  return (
    <FailureBoundary key={props.text} instead={<p>{props.text}</p>}>
      <MentionsContext.Provider value={mentions}>
        <ReadText {...props} />
      </MentionsContext.Provider>
    </FailureBoundary>
  );
});

function ReadText({ text, me, after }: Omit<Props, "sender" | "mentioned">) {
  const blocks = useMemo(() => readText(text), [text]);
  const last = blocks.at(-1);
  const goes_on = last?.kind === "paragraph" || last?.kind === "heading";
  const is_big = useMemo(() => isFewEmoji(text), [text]);
  return (
    <div className={`${styles.text} ${is_big ? styles.big : ""}`}>
      {blocks.map((block, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the blocks of one text never change places.
        <ShownBlock key={index} block={block} me={me} after={goes_on && block === last ? after : null} />
      ))}
      {!goes_on && after && <p>{after}</p>}
    </div>
  );
}

interface BlockProps {
  block: Block;
  me: string;
  after?: ReactNode;
}

function ShownBlock({ block, me, after }: BlockProps) {
  switch (block.kind) {
    case "heading":
      return (
        <p>
          <strong>
            <Line inlines={block.children} me={me} />
          </strong>
          {after && <bdi>{after}</bdi>}
        </p>
      );
    case "quote":
      return (
        <blockquote>
          <Blocks blocks={block.children} me={me} />
        </blockquote>
      );
    case "list":
      return <List list={block} me={me} />;
    case "code":
      return <CodeBlock language={block.language} text={block.text} />;
    case "table":
      return <Table table={block} me={me} />;
    case "rule":
      return <hr />;
    default:
      return (
        <p>
          <Line inlines={block.children} me={me} />
          {after && <bdi>{after}</bdi>}
        </p>
      );
  }
}

function Blocks({ blocks, me }: { blocks: Block[]; me: string }) {
  // biome-ignore lint/suspicious/noArrayIndexKey: the blocks of one text never change places.
  return blocks.map((block, index) => <ShownBlock key={index} block={block} me={me} />);
}

function List({ list: { start, items }, me }: { list: Extract<Block, { kind: "list" }>; me: string }) {
  const t = useT();
  const shown = items.map(({ checked, children }, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the items of one text never change places.
    <li key={index} className={checked === null ? undefined : styles.task}>
      {checked !== null && (
        <span
          role="img"
          aria-label={t(checked ? "messages.task_done" : "messages.task_open")}
          className={`${styles.box} ${checked ? styles.ticked : ""}`}
        >
          {checked && "✓"}
        </span>
      )}
      <Blocks blocks={children} me={me} />
    </li>
  ));
  return start === null ? <ul>{shown}</ul> : <ol start={start}>{shown}</ol>;
}

const ALIGNED: Record<NonNullable<Alignment>, string | undefined> = {
  left: undefined,
  center: styles.center,
  right: styles.right,
};

function Table({ table: { alignments, head, rows }, me }: { table: Extract<Block, { kind: "table" }>; me: string }) {
  const aligned = (column: number) => ALIGNED[alignments[column] ?? "left"];
  return (
    <div className={styles.wide}>
      <table>
        <thead>
          <tr>
            {head.map((cell, column) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the cells of one text never change places.
              <th key={column} scope="col" className={aligned(column)}>
                <Line inlines={cell} me={me} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the rows of one text never change places.
            <tr key={index}>
              {row.map((cell, column) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the cells of one text never change places.
                <td key={column} className={aligned(column)}>
                  <Line inlines={cell} me={me} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Line({ inlines, me }: { inlines: Inline[]; me: string }) {
  return inlines.map((inline, index) =>
    // Most lines are nothing but a text, for which no element is needed.
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one line never change places.
    inline.kind === "text" ? inline.text : <Part key={index} inline={inline} me={me} />,
  );
}

function Part({ inline, me }: { inline: Inline; me: string }) {
  switch (inline.kind) {
    case "code":
      return <code className={styles.code}>{inline.text}</code>;
    case "strong":
      return (
        <strong>
          <Line inlines={inline.children} me={me} />
        </strong>
      );
    case "emphasis":
      return (
        <em>
          <Line inlines={inline.children} me={me} />
        </em>
      );
    case "strike":
      return (
        <s>
          <Line inlines={inline.children} me={me} />
        </s>
      );
    case "link":
      return (
        <Address href={inline.href}>
          <Line inlines={inline.children} me={me} />
        </Address>
      );
    case "person":
      return <Person user_id={inline.user_id} me={me} />;
    case "everyone":
      return <Everyone name={inline.name} />;
    case "room":
      return <RoomLink room_id={inline.room_id} me={me} />;
    case "shortcode":
      return <Shortcode name={inline.name} />;
    default:
      return inline.text;
  }
}

/** The emoji of that name; while it is not known, and where there is none, what was typed. */
function Shortcode({ name }: { name: string }) {
  const book = useEmojiBook(true);
  return book?.named(name)?.emoji ?? `:${name}:`;
}

/** Rooms of this server open in this page, everything else beside it. */
function Address({ href, children }: { href: string; children: ReactNode }) {
  const inside = `${location.origin}/rooms/`;
  if (href.startsWith(inside)) return <Link to={href.slice(location.origin.length)}>{children}</Link>;
  return (
    <a href={href} title={href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  );
}

function Everyone({ name }: { name: string }) {
  const { can_call } = useContext(MentionsContext);
  return <strong className={can_call ? styles.to_me : styles.mention}>@{name}</strong>;
}

function Person({ user_id, me }: { user_id: string; me: string }) {
  const { mentioned, can_call } = useContext(MentionsContext);
  useWanted(!mentioned || mentioned.includes(user_id) ? [user_id] : []);
  const name = usePeople(({ users }) => users[user_id] && userName(users[user_id])) ?? "…";
  return (
    <PersonButton id={user_id} className={can_call && user_id === me ? styles.to_me : styles.mention}>
      @{name}
    </PersonButton>
  );
}

/** A room that one is not in has no name here: it may be a private one. */
function RoomLink({ room_id, me }: { room_id: string; me: string }) {
  const t = useT();
  const room = useRoom(room_id);
  const name = useRoomName(room, me);
  if (!room) return <span className={styles.mention}>{t("messages.private_channel")}</span>;
  return (
    <Link to={roomPath(room_id)} className={styles.mention}>
      {name}
    </Link>
  );
}
