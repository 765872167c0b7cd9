import { Select } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { FieldBody } from "../../../src/http/contract/fields.ts";
import type { NameEntry } from "../../../src/http/contract/names.ts";
import type { SequenceBody } from "../../../src/http/contract/sequences.ts";
import { useList } from "../layout/resource.ts";
import { FlowChoice, type Start } from "../setup/flow-choice.tsx";
import type { linkActions } from "./action-link.ts";

interface Props {
  readonly value: Start;
  readonly onChange: (target: Start) => void;
}

/** What an action link is about, from the menu of what there is. The name or ref stands in `flow`, whatever it is of. */
export function TargetChoice({
  needs,
  hasSteps,
  ...props
}: Props & { readonly needs: (typeof linkActions)[number]["needs"]; readonly hasSteps: boolean }) {
  switch (needs) {
    case "tag":
      return <TagChoice {...props} />;
    case "field":
      return <ContactFieldChoice {...props} />;
    case "sequence":
      return <SequenceChoice {...props} />;
    case "flow":
      return <FlowChoice botId={undefined} isRequired hasSteps={hasSteps} {...props} />;
  }
}

function TagChoice(props: Props) {
  const { t } = useTranslation();
  const tags = useList<NameEntry>("/tags").items ?? [];
  return <Menu label={t("choice.tag")} data={tags.map(({ name }) => ({ value: name, label: name }))} {...props} />;
}

function ContactFieldChoice(props: Props) {
  const { t } = useTranslation();
  const fields = useList<FieldBody>("/fields").items ?? [];
  return (
    <Menu label={t("choice.field")} data={fields.map(({ key, name }) => ({ value: key, label: name }))} {...props} />
  );
}

function SequenceChoice(props: Props) {
  const { t } = useTranslation();
  const sequences = useList<SequenceBody>("/sequences").items ?? [];
  return (
    <Menu
      label={t("choice.sequence")}
      data={sequences.map(({ ref, name }) => ({ value: ref, label: name }))}
      {...props}
    />
  );
}

function Menu({
  label,
  data,
  value,
  onChange,
}: Props & { readonly label: string; readonly data: { readonly value: string; readonly label: string }[] }) {
  const { t } = useTranslation();
  return (
    <Select
      label={label}
      required
      searchable
      nothingFoundMessage={t("choice.nothing")}
      data={data}
      value={value.flow}
      onChange={(flow) => onChange({ flow, step: null })}
    />
  );
}
