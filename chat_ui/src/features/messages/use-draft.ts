/**
 * The draft of one field, shared by the tabs: a tab that shows what another has built upon follows it. Where two were written
 * apart from each other, each tab keeps its own and the other is put aside, where it is offered.
 */
import { type RefObject, useEffect, useRef, useState } from "react";
import { followStorage } from "@/lib/storage";
import { asidePlace, type Draft, draftKey, joinDrafts, loadDraft, parseDraft, saveDraft } from "./drafts";

const NOTHING: Draft = { text: "", picked: {} };

interface SharedDraft {
  draft: Draft;
  change: (next: Draft) => void;
  /** When it was stored last; null where nothing is, or this browser keeps nothing. */
  kept_at: Date | null;
  /** Take what this tab itself has stored beside the field, before what is in the field. */
  takeStored: () => void;
  /** What was written apart from this draft; null where nothing was. */
  aside: Draft | null;
  /** Put what lies aside behind the draft. */
  insertAside: () => void;
  dropAside: () => void;
}

/** `greeting` stands in a field where nothing was written, and is a draft only once it was changed. */
export function useDraft(
  me: string,
  { place, greeting: wanted = "" }: { place: string; greeting?: string | undefined },
  field: RefObject<HTMLTextAreaElement | null>,
): SharedDraft {
  const [greeting] = useState(wanted);
  const [found] = useState(() => loadDraft(me, place));
  const [draft, setDraft] = useState(found.text ? found : { text: greeting, picked: {} });
  const [aside, setAside] = useState(() => loadDraft(me, asidePlace(place)));
  const [kept_at, setKeptAt] = useState<Date | null>(null);
  const mine = useRef(draft);
  // What the storage held when this tab last wrote or heard it: anything else there is news.
  const known = useRef(found.text);

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
    else keepAside(joinDrafts(before, other));
  };
  const store = (next: Draft) => {
    const kept = next.text === greeting ? NOTHING : next;
    known.current = kept.text;
    const is_stored = saveDraft(me, place, kept);
    setKeptAt(is_stored && kept.text ? new Date() : null);
  };
  const change = (next: Draft) => {
    const stored = loadDraft(me, place);
    // Another tab wrote it, and nobody here has seen it yet.
    if (stored.text !== known.current && stored.text !== next.text) putAside(stored);
    show(next);
    store(next);
  };
  const hear = (stored: Draft, before: string) => {
    known.current = stored.text;
    if (stored.text === mine.current.text) return;
    const held = mine.current.text === greeting ? "" : mine.current.text;
    const is_followed = before === held || before === mine.current.text || !held;
    if (is_followed && !composing.current) show(stored);
    else {
      putAside(stored);
      // The other tab sent or dropped it, and what stands here would not outlive a reload.
      if (!stored.text) store(mine.current);
    }
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
    kept_at,
    takeStored: () => {
      const stored = loadDraft(me, place);
      known.current = stored.text;
      // Another tab may have stored something else than what stands here; neither may go.
      change(stored.text.endsWith(draft.text) ? stored : joinDrafts(stored, draft));
    },
    aside: aside.text ? aside : null,
    insertAside: () => {
      change(joinDrafts(mine.current, aside));
      keepAside(NOTHING);
    },
    dropAside: () => keepAside(NOTHING),
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
