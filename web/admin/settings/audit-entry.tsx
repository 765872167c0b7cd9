import { Anchor, Group, Stack, Table, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { AuditEntryBody } from "../../../src/http/contract/audit-log.ts";
import { Dialog } from "../layout/dialog.tsx";
import { timeFormat } from "../words/times.ts";
import type { AuditFilter } from "./audit-filter.ts";
import { describeActor, describeOperation, describeThing } from "./describe-audit.ts";

/** One entry with all that is known of it. */
export function AuditEntry({
  entry,
  onClose,
  onNarrow,
}: {
  readonly entry: AuditEntryBody;
  readonly onClose: () => void;
  /** Shows what else was done: to this thing, or by this person. */
  readonly onNarrow: (filter: AuditFilter) => void;
}) {
  const { t } = useTranslation();
  const { actor, subject, changes } = entry;
  const exact = timeFormat({ dateStyle: "long", timeStyle: "medium" });
  const rows = [
    [t("audit.thing"), describeThing(t, subject)],
    [t("audit.who"), describeActor(t, entry)],
    [t("audit.when"), exact.format(new Date(entry.at))],
    [t("audit.address"), entry.address],
  ] as const;
  const who = actor.id === null ? undefined : actor.kind === "token" ? { token: actor.id } : { member: actor.id };
  return (
    <Dialog title={describeOperation(t, entry.operation)} size="lg" onClose={onClose}>
      <Stack>
        <Table withRowBorders={false} verticalSpacing={4}>
          <Table.Tbody>
            {rows.map(([word, value]) => (
              <Table.Tr key={word}>
                <Table.Th w={110} c="dimmed" fw={500}>
                  {word}
                </Table.Th>
                <Table.Td className="breakable">{value}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        {changes.length === 0 ? (
          <Text size="sm" c="dimmed">
            {t("audit.noChanges")}
          </Text>
        ) : (
          <Changes changes={changes} />
        )}
        <Group gap="md">
          {subject.ref === null ? null : (
            <Anchor
              component="button"
              type="button"
              size="sm"
              onClick={() => onNarrow({ kind: subject.kind, ref: subject.ref ?? undefined })}
            >
              {t("audit.sameThing")}
            </Anchor>
          )}
          {who === undefined ? null : (
            <Anchor component="button" type="button" size="sm" onClick={() => onNarrow(who)}>
              {t("audit.sameActor")}
            </Anchor>
          )}
        </Group>
      </Stack>
    </Dialog>
  );
}

function Changes({ changes }: { readonly changes: AuditEntryBody["changes"] }) {
  const { t } = useTranslation();
  return (
    <Table.ScrollContainer minWidth={300}>
      <Table layout="fixed" withTableBorder verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={104}>{t("audit.setting")}</Table.Th>
            <Table.Th>{t("audit.before")}</Table.Th>
            <Table.Th>{t("audit.after")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {changes.map(({ setting, before, after }) => (
            <Table.Tr key={setting}>
              <Table.Td className="breakable" ff="monospace" fz="xs">
                {setting}
              </Table.Td>
              <Table.Td className="breakable">{toText(before)}</Table.Td>
              <Table.Td className="breakable">{toText(after)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function toText(value: unknown): string {
  if (value === null) return "—";
  return typeof value === "string" ? value : JSON.stringify(value, null, 1);
}
