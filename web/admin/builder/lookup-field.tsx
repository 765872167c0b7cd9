import { useContext } from "react";
import { useCatalogue } from "./catalogue.ts";
import type { FieldProps } from "./field-props.ts";
import { FormScopeContext } from "./form-scope.ts";
import { LookupInput, type LookupName } from "./lookup-input.tsx";
import { keyOfPath } from "./plain-fields.tsx";

/** No text that anybody types, since it begins with a space. */
const nobody = " null";

/** A setting that names one of the workspace's things. */
export function LookupField({
  schema,
  value,
  path,
  label,
  onChange,
  lookup,
  types,
}: FieldProps & { readonly lookup: LookupName; readonly types: ReadonlySet<string> }) {
  const catalogue = useCatalogue();
  const { owner, settings } = useContext(FormScopeContext);
  const isNumber = types.has("integer") || types.has("number");
  const read = (text: string | undefined): unknown => {
    if (text === undefined) return undefined;
    if (text === nobody) return null;
    if (isNumber && /^\d+$/.test(text)) return Number(text);
    // What is no number cannot be meant where only numbers are.
    return types.has("string") ? text : undefined;
  };
  const more = types.has("null") ? [{ value: nobody, label: catalogue.option(owner, keyOfPath(path), "null") }] : [];
  return (
    <LookupInput
      name={lookup}
      settings={settings}
      label={label}
      description={catalogue.hint(schema.description)}
      more={more}
      value={value === null ? nobody : value === undefined ? undefined : String(value)}
      onChange={(next) => onChange(read(next), path)}
    />
  );
}
