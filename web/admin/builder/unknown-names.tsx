import { Alert, Group, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useContext, useDeferredValue, useMemo } from "react";
import { listPaths } from "../../../src/engine/template.ts";
import { findUnknownNames, toFieldNames } from "../../../src/engine/template-names.ts";
import type { FieldBody } from "../../../src/http/contract/fields.ts";
import type { Sentence } from "../../../src/model/sentence.ts";
import { useList } from "../layout/resource.ts";
import type { FlowProblem } from "./flow-types.ts";
import { useSayProblem } from "./name-things.ts";
import { StepScopeContext } from "./step-scope.ts";
import { useTellNames } from "./told-names.ts";

/** What a text looks up and nothing is called by, under its field. */
export function UnknownNames({ text }: { readonly text: string }) {
  const found = useUnknownNames(useDeferredValue(text));
  useTellNames(found.map(({ message }) => message));
  return <Warnings sentences={found} />;
}

/** The same of everything that is written in a value, such as the actions of a broadcast: each once. Nothing where all is known. */
export function UnknownNamesIn({ value }: { readonly value: unknown }) {
  const { items: fields } = useList<FieldBody>("/fields");
  const found = useMemo(() => (fields === undefined ? [] : findIn(value, fields)), [value, fields]);
  if (found.length === 0) return null;
  return (
    <Alert color="yellow">
      <Warnings sentences={found} />
    </Alert>
  );
}

/** In every text that stands somewhere in the value. */
export function findIn(value: unknown, fields: readonly Pick<FieldBody, "key" | "name">[]): readonly Sentence[] {
  const known = { fields: toFieldNames(fields), variables: undefined };
  const found = listTexts(value).flatMap((text) => findUnknownNames(text, known));
  return [...new Map(found.map((sentence) => [sentence.message, sentence])).values()];
}

function listTexts(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(listTexts) : [];
}

function Warnings({ sentences }: { readonly sentences: readonly Sentence[] }) {
  const say = useSayProblem();
  return sentences.map((sentence) => (
    <Group key={sentence.message} gap={6} wrap="nowrap" role="status">
      <span className="step-problem" aria-hidden>
        <IconAlertTriangle size={14} />
      </span>
      <Text size="xs" className="breakable" miw={0}>
        {say(sentence)}
      </Text>
    </Group>
  ));
}

/** In a flow the server knows more: what other flows and links bring along. Elsewhere any variable may be there. */
function useUnknownNames(text: string): readonly Sentence[] {
  const { document, problems } = useContext(StepScopeContext);
  const { items: fields } = useList<FieldBody>("/fields");
  return useMemo(() => {
    if (document !== undefined) return ofText(text, problems);
    return fields === undefined ? [] : findUnknownNames(text, { fields: toFieldNames(fields), variables: undefined });
  }, [text, document, problems, fields]);
}

/** Those of a step's problems that are about names in this text. */
export function ofText(text: string, problems: readonly FlowProblem[]): readonly FlowProblem[] {
  const told = problems.filter(({ code }) => code === "template.unknown_name");
  if (told.length === 0) return [];
  const paths = new Set(listPaths(text).map((path) => path.join(".")));
  const isHere = ({ message }: FlowProblem) => {
    const [, path = ""] = /^\{\{ (.+?) \}\}/.exec(message) ?? [];
    return [...paths].some((one) => one === path || one.startsWith(`${path}.`));
  };
  return told.filter(isHere);
}
