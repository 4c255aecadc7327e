/** Sends a form once at a time, and says what is wrong at the field that it is about; the first of them gets the focus. */
import { type FormEvent, useEffect, useRef, useState } from "react";
import { explain } from "./i18n";

/** By the names of the fields. */
export type Errors = Record<string, string>;

interface Ways {
  /** What can be told before anything is sent. */
  check: (form: FormData) => Errors;
  /** At which field an answer of the server belongs; null where it is about none. */
  place: (error: unknown) => Errors | null;
  act: (form: FormData) => Promise<void>;
}

export function useForm({ check, place, act }: Ways) {
  const ref = useRef<HTMLFormElement>(null);
  const [busy, setBusy] = useState(false);
  const [errors, setErrors] = useState<Errors>({});
  const [failure, setFailure] = useState<string | null>(null);
  // Each attempt is a reason to go to the field again, also to the one of before.
  const [attempt, setAttempt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is corrected moves no focus.
  useEffect(() => ref.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus(), [attempt]);
  const tell = (found: Errors) => {
    setErrors(found);
    setAttempt((count) => count + 1);
  };
  const onSubmit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (busy) return;
    const form = new FormData(event.currentTarget);
    const found = check(form);
    setFailure(null);
    setErrors({});
    if (Object.keys(found).length > 0) return tell(found);
    setBusy(true);
    try {
      await act(form);
    } catch (error) {
      const placed = place(error);
      if (placed) tell(placed);
      else setFailure(explain(error));
    } finally {
      setBusy(false);
    }
  };
  /** What is being corrected is not wrong any more until it is sent again. */
  const onInput = (event: FormEvent<HTMLFormElement>) => {
    const { target } = event;
    if (target instanceof HTMLInputElement) setErrors(({ [target.name]: _, ...others }) => others);
  };
  // The browser's own words would be in its language and not in the page's.
  return { form: { ref, onSubmit, onInput, noValidate: true }, busy, errors, failure };
}
