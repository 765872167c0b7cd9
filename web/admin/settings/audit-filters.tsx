import { Button, Group, Select, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { auditedOperations, isAudited } from "../../../src/http/contract/audit-log.ts";
import type { MemberBody } from "../../../src/http/contract/members.ts";
import type { TokenBody } from "../../../src/http/contract/tokens.ts";
import { auditKinds } from "../../../src/model/audit.ts";
import { useList } from "../layout/resource.ts";
import type { AuditFilter } from "./audit-filter.ts";

/** What of the log is shown: who, what, of which kind, and when. */
export function AuditFilters({
  filter,
  onChange,
}: {
  readonly filter: AuditFilter;
  readonly onChange: (filter: AuditFilter) => void;
}) {
  const { t } = useTranslation();
  const change = (part: AuditFilter) => {
    const entries = Object.entries({ ...filter, ...part }).filter(([, value]) => value !== undefined);
    onChange(Object.fromEntries(entries));
  };
  const operations = Object.entries(auditedOperations).filter(
    ([, kind]) => filter.kind === undefined || kind === filter.kind,
  );
  return (
    <Group align="flex-end" gap="sm">
      <Actor filter={filter} onChange={change} />
      <Select
        w={190}
        label={t("audit.kind")}
        clearable
        searchable
        placeholder={t("list.all")}
        data={auditKinds.map((kind) => ({ value: kind, label: t(`audit.kinds.${kind}`) }))}
        value={filter.kind ?? null}
        onChange={(kind) =>
          change({ kind: auditKinds.find((one) => one === kind), ref: undefined, operation: undefined })
        }
      />
      <Select
        w={240}
        label={t("audit.what")}
        clearable
        searchable
        placeholder={t("list.all")}
        data={operations.map(([operation]) => ({
          value: operation,
          label: isAudited(operation) ? t(`audit.operations.${operation}`) : operation,
        }))}
        value={filter.operation ?? null}
        onChange={(operation) =>
          change({ operation: operation !== null && isAudited(operation) ? operation : undefined })
        }
      />
      {(["from", "to"] as const).map((end) => (
        <TextInput
          key={end}
          w={210}
          type="datetime-local"
          label={t(`log.${end}`)}
          value={filter[end] ?? ""}
          onChange={({ currentTarget: { value } }) => change({ [end]: value === "" ? undefined : value })}
        />
      ))}
      {Object.keys(filter).length === 0 ? null : (
        <Button variant="default" onClick={() => onChange({})}>
          {t("audit.showAll")}
        </Button>
      )}
    </Group>
  );
}

/** Members and tokens in one list. Who is gone is in the log still: from an entry of theirs one gets to the others. */
function Actor({
  filter: { member, token },
  onChange,
}: {
  readonly filter: AuditFilter;
  readonly onChange: (part: AuditFilter) => void;
}) {
  const { t } = useTranslation();
  const members = useList<MemberBody>("/members").items ?? [];
  const tokens = useList<TokenBody>("/tokens").items ?? [];
  const value = member === undefined ? (token === undefined ? null : `t${token}`) : `m${member}`;
  const known = [
    ...members.map(({ id, name, email }) => ({ value: `m${id}`, label: name === "" ? email : name })),
    ...tokens.map(({ id, name, hint }) => ({
      value: `t${id}`,
      label: t("audit.token", { name: name === "" ? `…${hint}` : name }),
    })),
  ];
  const gone = value === null || known.some((one) => one.value === value) ? [] : [{ value, label: t("audit.gone") }];
  return (
    <Select
      w={210}
      label={t("audit.who")}
      clearable
      searchable
      placeholder={t("list.all")}
      data={[...known, ...gone]}
      value={value}
      onChange={(chosen) => {
        const id = chosen === null ? undefined : Number(chosen.slice(1));
        const isMember = chosen?.startsWith("m") === true;
        onChange({ member: isMember ? id : undefined, token: isMember ? undefined : id });
      }}
    />
  );
}
