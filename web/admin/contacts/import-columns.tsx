import { Button, Group, Select, Skeleton, Stack, Table, TagsInput, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FieldBody } from "../../../src/http/contract/fields.ts";
import type { ImportBody, ImportPreviewBody } from "../../../src/http/contract/imports.ts";
import { EditField } from "../data/edit-field.tsx";
import { toNumber } from "../layout/number.ts";
import { Section, useApi } from "../layout/page.tsx";
import { useMayChange } from "../layout/resource.ts";
import { ErrorNotice } from "../layout/trouble.tsx";

type Target = ImportPreviewBody["mapping"][number];
type Settings = Partial<Pick<ImportPreviewBody, "separator" | "encoding" | "mapping" | "tags">>;

const separators = [
  [",", "comma"],
  [";", "semicolon"],
  ["\t", "tab"],
  ["|", "bar"],
] as const;

/** How the file is read and what its columns are; each choice is kept at once. */
export function ImportColumns({ found }: { readonly found: ImportBody }) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const key = [api.domain, "import", found.id];
  const preview = useQuery({
    queryKey: [...key, "preview"],
    queryFn: ({ signal }) => api.get<ImportPreviewBody>(`/imports/${found.id}/preview`, {}, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const change = useMutation({
    mutationFn: (settings: Settings) => api.send<ImportPreviewBody>("PATCH", `/imports/${found.id}`, settings),
    onSuccess: (next) => {
      client.setQueryData([...key, "preview"], next);
      client.setQueryData(key, next);
    },
  });
  const go = useMutation({
    mutationFn: (step: "check" | "start") => api.send<ImportBody>("POST", `/imports/${found.id}/${step}`),
    onSuccess: (next) => client.setQueryData(key, next),
  });
  const error = preview.error ?? change.error ?? go.error;
  const { data } = preview;
  if (data === undefined) return error === null ? <Skeleton h={300} /> : <ErrorNotice error={error} />;
  return (
    <Section title={t("imports.columns")}>
      <Stack>
        {error === null ? null : <ErrorNotice error={error} />}
        <Group>
          <Select
            label={t("imports.separator")}
            data={separators.map(([value, word]) => ({ value, label: t(`imports.separators.${word}`) }))}
            value={data.separator}
            allowDeselect={false}
            onChange={(next) => next !== null && change.mutate({ separator: next as ImportPreviewBody["separator"] })}
          />
          <Select
            label={t("imports.encoding")}
            data={[
              { value: "utf-8", label: "UTF-8" },
              { value: "windows-1251", label: "Windows-1251" },
            ]}
            value={data.encoding}
            allowDeselect={false}
            onChange={(next) => next !== null && change.mutate({ encoding: next as ImportPreviewBody["encoding"] })}
          />
        </Group>
        <Columns preview={data} onChange={(mapping) => change.mutate({ mapping })} />
        <TagsInput maw={420} label={t("imports.tags")} value={data.tags} onChange={(tags) => change.mutate({ tags })} />
        <Group justify="space-between">
          <Text size="sm" c="dimmed">
            {t("imports.checkHint")}
          </Text>
          <Group>
            <Button
              variant="default"
              loading={go.isPending && go.variables === "check"}
              disabled={change.isPending}
              onClick={() => go.mutate("check")}
            >
              {t("imports.check")}
            </Button>
            <Button
              loading={go.isPending && go.variables === "start"}
              disabled={change.isPending}
              onClick={() => go.mutate("start")}
            >
              {t("imports.start", { n: toNumber(data.lines) })}
            </Button>
          </Group>
        </Group>
      </Stack>
    </Section>
  );
}

function Columns({
  preview: { columns, sample, mapping },
  onChange,
}: {
  readonly preview: ImportPreviewBody;
  readonly onChange: (mapping: ImportPreviewBody["mapping"]) => void;
}) {
  const { t } = useTranslation();
  const targets = useTargets();
  /** The column for which a field is made. */
  const [making, setMaking] = useState<number>();
  const choose = (place: number, target: Target) => onChange(mapping.with(place, target));
  return (
    <Table.ScrollContainer minWidth={520}>
      <Table verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("imports.column")}</Table.Th>
            <Table.Th>{t("imports.example")}</Table.Th>
            <Table.Th>{t("imports.meaning")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {columns.map((heading, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place; headings may come twice.
            <Table.Tr key={place}>
              <Table.Td fw={600} maw={180} className="breakable">
                {heading}
              </Table.Td>
              <Table.Td maw={260} className="cut" c="dimmed">
                {sample.map((cells) => cells[place] ?? "").join(" · ")}
              </Table.Td>
              <Table.Td>
                <TargetSelect
                  heading={heading}
                  targets={targets}
                  value={mapping[place] ?? null}
                  onChoose={(target) => choose(place, target)}
                  onMake={() => setMaking(place)}
                />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {making === undefined ? null : (
        <EditField
          field={undefined}
          called={(columns[making] ?? "").slice(0, 100)}
          onMade={({ key }) => choose(making, `field:${key}`)}
          onClose={() => setMaking(undefined)}
        />
      )}
    </Table.ScrollContainer>
  );
}

/** No target is called so. */
const makeField = "+field";

/** What one column becomes: of what there is, or a field that is made for it. */
function TargetSelect({
  heading,
  targets,
  value,
  onChoose,
  onMake,
}: {
  readonly heading: string;
  readonly targets: readonly { readonly value: string; readonly label: string }[];
  readonly value: Target;
  readonly onChoose: (target: Target) => void;
  readonly onMake: () => void;
}) {
  const { t } = useTranslation();
  const mayChange = useMayChange();
  const made = mayChange ? [{ value: makeField, label: t("imports.newField", { name: heading }) }] : [];
  return (
    <Select
      size="xs"
      aria-label={`${t("imports.meaning")}: ${heading}`}
      placeholder={t("imports.leaveOut")}
      data={[...targets, ...made]}
      value={value}
      searchable
      clearable
      clearButtonProps={{ "aria-label": `${t("imports.leaveOut")}: ${heading}` }}
      // Whatever was looked for: what is not there can be made.
      filter={({ options, search }) =>
        options.filter(
          (option) =>
            "value" in option &&
            (option.value === makeField || option.label.toLowerCase().includes(search.trim().toLowerCase())),
        )
      }
      onChange={(next) => (next === makeField ? onMake() : onChoose(next as Target))}
    />
  );
}

/** What a column can become, in the person's words. */
function useTargets(): { value: string; label: string }[] {
  const { t } = useTranslation();
  const api = useApi();
  const { data } = useQuery({
    queryKey: [api.domain, "fields"],
    queryFn: ({ signal }) => api.get<{ data: FieldBody[] }>("/fields", {}, signal),
    staleTime: 60_000,
  });
  return [
    { value: "name", label: t("field.name") },
    { value: "firstName", label: t("contactCard.firstName") },
    { value: "lastName", label: t("contactCard.lastName") },
    { value: "email", label: t("field.email") },
    { value: "phone", label: t("field.phone") },
    { value: "clientExternalId", label: t("field.externalId") },
    { value: "cuid", label: t("imports.cuid") },
    { value: "tags", label: t("nav.tags") },
    { value: "labels", label: t("contactList.labels") },
    { value: "language", label: t("field.language") },
    { value: "timeZone", label: t("field.timeZone") },
    { value: "gender", label: t("contactList.gender") },
    ...(data?.data ?? []).map(({ key, name }) => ({ value: `field:${key}`, label: t("imports.field", { name }) })),
  ];
}
