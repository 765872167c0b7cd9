import { Alert, Button, Collapse, Group, Menu, Select, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconDeviceFloppy, IconDots, IconFilter } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { SegmentBody } from "../../../src/http/contract/segments.ts";
import type { ConditionGroup } from "../../../src/model/condition.ts";
import { ConditionEditor } from "../builder/condition-editor.tsx";
import { withoutGaps } from "../builder/rules.ts";
import { useRuleKinds } from "../builder/use-rule-kinds.ts";
import { useSayCondition } from "../builder/use-say-condition.ts";
import { type Basis, useBasis, useGuard } from "../layout/basis.ts";
import { Dialog, DialogForm } from "../layout/dialog.tsx";
import { useForm } from "../layout/form.tsx";
import { useApi } from "../layout/page.tsx";
import { useMayBuild } from "../layout/resource.ts";
import { ErrorNotice, useErrorText } from "../layout/trouble.tsx";
import type { ContactFilter } from "./contact-filter.ts";

const empty: ConditionGroup = { match: "all", rules: [] };
const pauseMs = 400;

type Change = (change: Pick<ContactFilter, "segment" | "where">) => void;

/** The filter: a saved segment, a condition, or a segment that somebody is changing. */
export function SegmentBar({
  filter,
  error,
  onChange,
}: {
  readonly filter: ContactFilter;
  /** What the server says of the condition. */
  readonly error: unknown;
  readonly onChange: Change;
}) {
  const { t } = useTranslation();
  const api = useApi();
  const describe = useErrorText();
  const mayBuild = useMayBuild();
  const [isOpen, { toggle }] = useDisclosure(filter.where !== undefined);
  const segments = useQuery({
    queryKey: [api.domain, "segments"],
    queryFn: ({ signal }) => api.get<{ data: SegmentBody[] }>("/segments", {}, signal),
  });
  const all = segments.data?.data ?? [];
  const chosen = all.find(({ id }) => id === filter.segment);
  const condition = filter.where ?? (chosen?.condition as ConditionGroup | undefined) ?? empty;
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <Select
          w={{ base: "100%", xs: 260 }}
          aria-label={t("segments.choose")}
          placeholder={t("segments.choose")}
          data={all.map(({ id, name }) => ({ value: String(id), label: name }))}
          value={filter.segment === undefined ? null : String(filter.segment)}
          searchable
          clearable
          nothingFoundMessage={t("segments.none")}
          clearButtonProps={{ "aria-label": t("segments.clear") }}
          onChange={(id) => onChange(id === null ? {} : { segment: Number(id) })}
        />
        <Button
          variant={filter.where === undefined ? "default" : "light"}
          leftSection={<IconFilter size={16} />}
          aria-expanded={isOpen}
          onClick={toggle}
        >
          {t("segments.filter")}
        </Button>
        {mayBuild ? (
          <SegmentActions
            key={filter.segment}
            filter={filter}
            chosen={chosen}
            condition={condition}
            onChange={onChange}
          />
        ) : null}
      </Group>
      <Collapse expanded={isOpen}>
        <Stack gap="xs" maw={760}>
          <FilterEditor
            key={`${filter.segment} ${chosen === undefined}`}
            condition={condition}
            onChange={(where) =>
              onChange({
                ...(filter.segment === undefined ? {} : { segment: filter.segment }),
                ...(where.rules.length === 0 && filter.segment === undefined ? {} : { where }),
              })
            }
          />
          {error === undefined || error === null ? null : (
            <Alert color="red" p="xs" role="alert">
              <Text size="sm">{describe(error)}</Text>
            </Alert>
          )}
        </Stack>
      </Collapse>
    </Stack>
  );
}

/** Holds what is being typed, and tells of it when nobody types any more. */
function FilterEditor({
  condition,
  onChange,
}: {
  readonly condition: ConditionGroup;
  readonly onChange: (condition: ConditionGroup) => void;
}) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(condition);
  const kindOf = useRuleKinds();
  const told = useRef(JSON.stringify(condition));
  const tell = useRef(onChange);
  tell.current = onChange;
  const outside = JSON.stringify(condition);
  // The address changed by other means: the browser's way back, a cleared filter.
  useEffect(() => {
    if (outside === told.current) return;
    told.current = outside;
    setDraft(JSON.parse(outside) as ConditionGroup);
  }, [outside]);
  useEffect(() => {
    // A rule that is being made is nobody's condition yet.
    const finished = withoutGaps(draft, kindOf);
    const text = JSON.stringify(finished);
    if (text === told.current) return;
    const timer = setTimeout(() => {
      told.current = text;
      tell.current(finished);
    }, pauseMs);
    return () => clearTimeout(timer);
  }, [draft, kindOf]);
  return (
    <ConditionEditor
      schema={{}}
      path="condition"
      label={t("segments.filter")}
      about="contacts"
      value={draft}
      onChange={(next) => setDraft(next as ConditionGroup)}
    />
  );
}

function SegmentActions({
  filter,
  chosen,
  condition,
  onChange,
}: {
  readonly filter: ContactFilter;
  readonly chosen: SegmentBody | undefined;
  readonly condition: ConditionGroup;
  readonly onChange: Change;
}) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const [naming, setNaming] = useState<"new" | "rename" | undefined>();
  const settle = () => client.invalidateQueries({ queryKey: [api.domain, "segments"] });
  const isChanged = filter.where !== undefined;
  const path = `/segments/${chosen?.id}`;
  const rename = useBasis(path, chosen, ["name"], { words: { name: { title: t("segments.name") } } });
  const sayCondition = useSayCondition();
  const guard = useGuard(
    useBasis(path, chosen, ["condition"], {
      isUntouched: !isChanged,
      words: { condition: { say: (condition) => sayCondition(condition as ConditionGroup) } },
      takeTheirs: () => {
        save.reset();
        if (chosen !== undefined) onChange({ segment: chosen.id });
        void settle();
      },
    }),
  );
  const save = useMutation({
    mutationFn: () =>
      guard(
        () => api.send("PATCH", path, { condition }),
        () => save.mutate(),
      ),
    onSuccess: async () => {
      await settle();
      if (chosen !== undefined) onChange({ segment: chosen.id });
    },
  });
  const remove = useMutation({
    mutationFn: () => api.send("DELETE", `/segments/${chosen?.id}`),
    onSuccess: async () => {
      onChange(condition.rules.length === 0 ? {} : { where: condition });
      await settle();
    },
  });
  const error = save.error ?? remove.error;
  return (
    <>
      {isChanged && chosen !== undefined ? (
        <Button variant="light" loading={save.isPending} onClick={() => save.mutate()}>
          {t("segments.saveChange")}
        </Button>
      ) : null}
      {isChanged ? (
        <Button variant="default" leftSection={<IconDeviceFloppy size={16} />} onClick={() => setNaming("new")}>
          {t("segments.saveAs")}
        </Button>
      ) : null}
      {chosen === undefined ? null : (
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="default" px="xs" aria-label={t("segments.more", { name: chosen.name })}>
              <IconDots size={16} />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => setNaming("rename")}>{t("segments.rename")}</Menu.Item>
            <Menu.Item color="red" onClick={() => remove.mutate()}>
              {t("segments.delete")}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      {error === null ? null : <ErrorNotice error={error} />}
      {naming === undefined ? null : (
        <Dialog
          onClose={() => setNaming(undefined)}
          title={t(naming === "rename" ? "segments.rename" : "segments.saveAs")}
        >
          <NameForm
            name={naming === "rename" ? (chosen?.name ?? "") : ""}
            basis={naming === "rename" ? rename : undefined}
            send={async (name) => {
              const made =
                naming === "rename"
                  ? await api.send<SegmentBody>("PATCH", path, { name })
                  : await api.send<SegmentBody>("POST", "/segments", { name, condition });
              await settle();
              setNaming(undefined);
              if (naming === "new") onChange({ segment: made.id });
            }}
          />
        </Dialog>
      )}
    </>
  );
}

function NameForm({
  name,
  basis,
  send,
}: {
  readonly name: string;
  readonly basis: Basis | undefined;
  readonly send: (name: string) => Promise<void>;
}) {
  const { t } = useTranslation();
  const [text, setText] = useState(name);
  const form = useForm(["name"], () => send(text), {}, basis);
  return (
    <DialogForm form={form} submit={t("action.save")}>
      <TextInput
        label={t("segments.name")}
        required
        data-autofocus
        value={text}
        error={form.fieldErrors.name}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
      />
    </DialogForm>
  );
}
