/** What one wishes to be told of, as the server keeps it for all of one's devices. */
import { useEffect, useRef, useState } from "react";
import { call } from "@/lib/api";
import { explain } from "@/lib/i18n";
import type { ChangePreferencesBody, Preferences } from "@/lib/protocol";

const PATH = "/api/notifications/preferences";

export interface ServerWishes {
  /** Null until they are here. */
  wishes: Preferences | null;
  failure: string | null;
  /** Change some of them; true once that is kept. What the server does not keep is shown as it was before. */
  change: (changed: ChangePreferencesBody) => Promise<boolean>;
}

export function useServerWishes(): ServerWishes {
  const [wishes, setWishes] = useState<Preferences | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  /** What the server said last. */
  const kept = useRef<Preferences | null>(null);
  /** The last of what is on its way: one goes after the other, so that the last one holds. */
  const line = useRef<{ last: Promise<unknown>; length: number }>({ last: Promise.resolve(), length: 0 });
  const ask = async (asking: () => Promise<Preferences>): Promise<boolean> => {
    const before = line.current.last;
    line.current.length += 1;
    const answer = before.then(asking);
    line.current.last = answer.catch(() => {});
    try {
      kept.current = await answer;
      setFailure(null);
      return true;
    } catch (error) {
      setFailure(explain(error));
      return false;
    } finally {
      line.current.length -= 1;
      // While more is on its way, what is shown is ahead of the server.
      if (line.current.length === 0) setWishes(kept.current);
    }
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: they are asked for once.
  useEffect(() => void ask(() => call<Preferences>("GET", PATH)), []);
  const change = (changed: ChangePreferencesBody) => {
    // The next change begins at this one, though the server has not answered.
    setWishes((shown) => shown && ({ ...shown, ...changed } as Preferences));
    return ask(() => call<Preferences>("PUT", PATH, changed));
  };
  return { wishes, failure, change };
}
