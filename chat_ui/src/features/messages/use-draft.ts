/**
 * The draft of one field, shared by the tabs: a tab that shows what another has built upon follows it. Where two were written
 * apart from each other, each tab keeps its own and the other is put aside, where it is offered.
 */
import { type RefObject, useEffect, useRef, useState } from "react";
import { followStorage } from "@/lib/storage";
import { asidePlace, type Draft, draftKey, loadDraft, parseDraft, saveDraft } from "./drafts";

interface SharedDraft {
  draft: Draft;
  change: (next: Draft) => void;
  /** Take what this tab itself has stored beside the field, before what is in the field. */
  takeStored: () => void;
  /** What was written apart from this draft; null where nothing was. */
  aside: Draft | null;
  /** Put what lies aside behind the draft. */
  insertAside: () => void;
  dropAside: () => void;
}

export function useDraft(me: string, place: string, field: RefObject<HTMLTextAreaElement | null>): SharedDraft {
  const [draft, setDraft] = useState(() => loadDraft(me, place));
  const [aside, setAside] = useState(() => loadDraft(me, asidePlace(place)));
  const mine = useRef(draft);
  // What the storage held when this tab last wrote or heard it: anything else there is news.
  const known = useRef(draft.text);

  const composing = useComposing(field);

  const show = (next: Draft) => {
    mine.current = next;
    setDraft(next);
  };
  const keepAside = (next: Draft) => {
    setAside(next);
    saveDraft(me, asidePlace(place), next);
  };
  const putAside = (other: Draft) => {
    const before = loadDraft(me, asidePlace(place));
    if (!other.text || before.text.includes(other.text)) setAside(before);
    else keepAside(join(before, other));
  };
  const change = (next: Draft) => {
    const stored = loadDraft(me, place);
    // Another tab wrote it, and nobody here has seen it yet.
    if (stored.text !== known.current && stored.text !== next.text) putAside(stored);
    known.current = next.text;
    show(next);
    saveDraft(me, place, next);
  };
  const hear = (stored: Draft, before: string) => {
    known.current = stored.text;
    if (stored.text === mine.current.text) return;
    const is_built_upon = before === mine.current.text;
    if (is_built_upon && !composing.current) show(stored);
    else if (mine.current.text) putAside(stored);
    else show(stored);
  };
  const latest = useRef(hear);
  latest.current = hear;
  useEffect(() => {
    const key = draftKey(me, place);
    const leave = followStorage((changed, value, before) => {
      if (changed === key) latest.current(parseDraft(value), parseDraft(before).text);
      if (changed === draftKey(me, asidePlace(place))) setAside(parseDraft(value));
    });
    // A page that the browser had put to sleep has heard nothing.
    const onReturn = () => {
      const stored = loadDraft(me, place);
      if (stored.text !== known.current) latest.current(stored, known.current);
    };
    window.addEventListener("focus", onReturn);
    return () => {
      leave();
      window.removeEventListener("focus", onReturn);
    };
  }, [me, place]);

  return {
    draft,
    change,
    takeStored: () => {
      const stored = loadDraft(me, place);
      known.current = stored.text;
      // Another tab may have stored something else than what stands here; neither may go.
      change(stored.text.endsWith(draft.text) ? stored : join(stored, draft));
    },
    aside: aside.text ? aside : null,
    insertAside: () => {
      change(join(mine.current, aside));
      keepAside({ text: "", picked: {} });
    },
    dropAside: () => keepAside({ text: "", picked: {} }),
  };
}

/** Follow whether the input method is at work in the field: what it composes would be lost under it. */
function useComposing(field: RefObject<HTMLTextAreaElement | null>): RefObject<boolean> {
  const composing = useRef(false);
  useEffect(() => {
    const element = field.current;
    const begin = () => {
      composing.current = true;
    };
    const end = () => {
      composing.current = false;
    };
    element?.addEventListener("compositionstart", begin);
    element?.addEventListener("compositionend", end);
    return () => {
      element?.removeEventListener("compositionstart", begin);
      element?.removeEventListener("compositionend", end);
    };
  }, [field]);
  return composing;
}

function join(one: Draft, other: Draft): Draft {
  return {
    text: [one.text, other.text].filter(Boolean).join("\n\n"),
    picked: { ...other.picked, ...one.picked },
  };
}
