import { createContext, useCallback, useContext, useId, useLayoutEffect, useState } from "react";

type Tell = (field: string, messages: readonly string[]) => void;

const ToldNamesContext = createContext<Tell | undefined>(undefined);
export const ToldNames = ToldNamesContext.Provider;

const none: ReadonlyMap<string, readonly string[]> = new Map();

/** What the fields of a form say of names that nothing is called by: it need not be said of the whole form too. */
export function useToldNames(): { readonly told: ReadonlySet<string>; readonly tell: Tell } {
  const [byField, setByField] = useState(none);
  const tell = useCallback<Tell>(
    (field, messages) =>
      setByField((old) => {
        if (messages.length === 0 && !old.has(field)) return old;
        const { [field]: _old, ...rest } = Object.fromEntries(old);
        return new Map(Object.entries(messages.length === 0 ? rest : { ...rest, [field]: messages }));
      }),
    [],
  );
  return { told: new Set([...byField.values()].flat()), tell };
}

/** Lets the form around know what this field says. Before it is painted: nothing is seen twice meanwhile. */
export function useTellNames(messages: readonly string[]): void {
  const tell = useContext(ToldNamesContext);
  const field = useId();
  const all = messages.join("\n");
  useLayoutEffect(() => {
    if (tell === undefined) return;
    tell(field, all === "" ? [] : all.split("\n"));
    return () => tell(field, []);
  }, [tell, field, all]);
}
