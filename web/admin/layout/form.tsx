import { type FormEvent, useRef, useState } from "react";
import { ApiError } from "../api.ts";
import type { SaidSentence } from "../words/sentences.ts";
import { type Basis, useGuard } from "./basis.ts";
import { useSentence } from "./trouble.tsx";

/** What a form says beside its fields and above them. */
export interface FormState {
  readonly isBusy: boolean;
  /** By the field's path in the body. */
  readonly fieldErrors: Readonly<Record<string, string>>;
  /** What belongs to no field. */
  readonly error: unknown;
  onSubmit(event: FormEvent): void;
}

/**
 * Sends a form: what was typed stays, whatever comes back; what the server says of a field stands beside it. `fieldOfCode` says which field an error is about
 * that names none: a name that is taken, say. `basis`: what it was filled from; had somebody else changed that meanwhile, nothing is sent before it is decided whose is to stay.
 */
export function useForm(
  fields: readonly string[],
  send: () => Promise<void>,
  fieldOfCode: Readonly<Record<string, string>> = {},
  basis?: Basis,
): FormState {
  const say = useSentence();
  const [state, setState] = useState<Pick<FormState, "isBusy" | "fieldErrors" | "error">>({
    isBusy: false,
    fieldErrors: {},
    error: undefined,
  });
  const guard = useGuard(basis);
  const again = useRef<() => void>(undefined);
  const submit = (isBusy = state.isBusy) => {
    if (isBusy) return;
    setState({ isBusy: true, fieldErrors: {}, error: undefined });
    // Between the notice and the choice more may be typed: that is what goes out then.
    const sent = guard(send, () => again.current?.());
    sent.then(
      () => setState({ isBusy: false, fieldErrors: {}, error: undefined }),
      (error: unknown) => setState({ isBusy: false, ...sort(error, fields, fieldOfCode, say) }),
    );
  };
  again.current = () => submit(false);
  return {
    ...state,
    onSubmit(event) {
      event.preventDefault();
      submit();
    },
  };
}

function sort(
  error: unknown,
  fields: readonly string[],
  fieldOfCode: Readonly<Record<string, string>>,
  say: (sentence: SaidSentence) => string,
): Pick<FormState, "fieldErrors" | "error"> {
  const field = error instanceof ApiError ? fieldOfCode[error.code] : undefined;
  if (error instanceof ApiError && field !== undefined)
    return { fieldErrors: { [field]: say(error.sentence) }, error: undefined };
  const details = error instanceof ApiError ? error.details : [];
  const known = details.filter(({ path }) => fields.includes(path));
  const fieldErrors = Object.fromEntries(known.map(({ path, ...problem }) => [path, say(problem)]));
  return { fieldErrors, error: known.length > 0 && known.length === details.length ? undefined : error };
}
