import { Modal, NavLink, ScrollArea, Stack, Text, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FlowDocument, StoredStep } from "../../../src/model/flow.ts";
import { type Catalogue, useCatalogue } from "./catalogue.ts";
import { StepIcon } from "./step-node.tsx";

const most = 30;

/** Finds steps by name, ref, kind, or anything that is written in them. */
export function StepSearch({
  document,
  onShow,
  onClose,
}: {
  readonly document: FlowDocument;
  readonly onShow: (ref: string) => void;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const { nameOf } = useCatalogue();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const found = findSteps(document, text, nameOf).slice(0, most);
  const show = (step: StoredStep | undefined) => {
    if (step === undefined) return;
    onClose();
    onShow(step.ref);
  };
  return (
    <Modal opened onClose={onClose} title={t("search.title")} closeButtonProps={{ "aria-label": t("action.close") }}>
      <Stack gap="xs">
        <TextInput
          data-autofocus
          leftSection={<IconSearch size={16} />}
          aria-label={t("search.title")}
          placeholder={t("search.hint")}
          value={text}
          onChange={({ currentTarget }) => {
            setText(currentTarget.value);
            setAt(0);
          }}
          onKeyDown={(event) => {
            if (event.key === "Enter") show(found[at]);
            else if (event.key === "ArrowDown") setAt(Math.min(at + 1, found.length - 1));
            else if (event.key === "ArrowUp") setAt(Math.max(at - 1, 0));
            else return;
            event.preventDefault();
          }}
        />
        <ScrollArea.Autosize mah={360}>
          {found.map((step, index) => (
            <NavLink
              key={step.ref}
              component="button"
              active={index === at}
              leftSection={<StepIcon kind={step.kind} />}
              label={nameOf(step)}
              description={step.ref}
              onClick={() => show(step)}
            />
          ))}
          {found.length === 0 ? (
            <Text size="sm" c="dimmed">
              {t("search.none")}
            </Text>
          ) : null}
        </ScrollArea.Autosize>
      </Stack>
    </Modal>
  );
}

function findSteps({ steps }: FlowDocument, text: string, titleOf: Catalogue["nameOf"]): readonly StoredStep[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return steps;
  const isIn = (value: string) => value.toLowerCase().includes(wanted);
  const byName = steps.filter((step) => isIn(titleOf(step)) || isIn(step.ref));
  const known = new Set(byName);
  // JSON writes texts with their quotes escaped, which nobody looks for.
  return [...byName, ...steps.filter((step) => !known.has(step) && isIn(JSON.stringify(step.config)))];
}
