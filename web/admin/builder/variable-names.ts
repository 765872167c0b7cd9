import { createContext, useCallback } from "react";
import { useTranslation } from "react-i18next";
import type { FieldBody, VariableBody } from "../../../src/http/contract/fields.ts";
import { useList } from "../layout/resource.ts";
import { lastOf, wordOfPath } from "./variables.ts";

/** Says what a variable is called, by its path. */
export type NameOfVariable = (path: string) => string;

/** For boxes of a canvas, of which there are hundreds: the lists are looked up once for all. */
export const VariableNamesContext = createContext<NameOfVariable>(lastOf);

/** The same function as long as nothing is called otherwise. */
export function useVariableNames(): NameOfVariable {
  const { t } = useTranslation();
  const { items: fields } = useList<FieldBody>("/fields");
  const { items: variables } = useList<VariableBody>("/variables");
  return useCallback(
    (path) => {
      if (Object.hasOwn(wordOfPath, path)) return t(`variableNames.${wordOfPath[path as keyof typeof wordOfPath]}`);
      const [of, key] = path.split(".");
      const list = of === "fields" ? fields : of === "vars" ? variables : undefined;
      return list?.find((one) => one.key === key)?.name ?? lastOf(path);
    },
    [t, fields, variables],
  );
}
