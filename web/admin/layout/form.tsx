import { type FormEvent, useState } from "react";
import { ApiError } from "../api.ts";

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
 * that names none: a name that is taken, say.
 */
export function useForm(
  fields: readonly string[],
  send: () => Promise<void>,
  fieldOfCode: Readonly<Record<string, string>> = {},
): FormState {
  const [state, setState] = useState<Pick<FormState, "isBusy" | "fieldErrors" | "error">>({
    isBusy: false,
    fieldErrors: {},
    error: undefined,
  });
  return {
    ...state,
    onSubmit(event) {
      event.preventDefault();
      if (state.isBusy) return;
      setState({ isBusy: true, fieldErrors: {}, error: undefined });
      send().then(
        () => setState({ isBusy: false, fieldErrors: {}, error: undefined }),
        (error: unknown) => setState({ isBusy: false, ...sort(error, fields, fieldOfCode) }),
      );
    },
  };
}

function sort(
  error: unknown,
  fields: readonly string[],
  fieldOfCode: Readonly<Record<string, string>>,
): Pick<FormState, "fieldErrors" | "error"> {
  const field = error instanceof ApiError ? fieldOfCode[error.code] : undefined;
  if (error instanceof ApiError && field !== undefined)
    return { fieldErrors: { [field]: error.message }, error: undefined };
  const details = error instanceof ApiError ? error.details : [];
  const known = details.filter(({ path }) => fields.includes(path));
  const fieldErrors = Object.fromEntries(known.map(({ path, message }) => [path, message]));
  return { fieldErrors, error: known.length > 0 && known.length === details.length ? undefined : error };
}
