import { Badge, Group, Text } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { ContactRowBody } from "../../../src/http/contract/contact-lists.ts";
import type { FieldBody } from "../../../src/http/contract/fields.ts";
import { Moment } from "../layout/moment.tsx";
import { useApi } from "../layout/page.tsx";
import { useSession } from "../session.ts";
import { useKindName } from "../settings/kind-words.ts";
import { usePlaceNames } from "./use-fact-names.ts";

/** A column of the table. The contact's name is not one: it is always there, and first. */
export interface Column {
  readonly key: string;
  readonly title: string;
  readonly width: number;
  show(contact: ContactRowBody): ReactNode;
}

const dash = "—";
/** With the name they fit into a window of 1360 pixels, beside the menu and a bar that scrolls: what comes last is what one looks for. */
const usual: readonly string[] = ["email", "phone", "tags", "channels", "lastInboundAt"];
const maxBadges = 3;

function Badges({ names }: { readonly names: readonly string[] }) {
  if (names.length === 0) return dash;
  return (
    <Group gap={4} wrap="nowrap">
      {names.slice(0, maxBadges).map((name) => (
        <Badge key={name} variant="light" tt="none" size="sm" maw={120}>
          {name}
        </Badge>
      ))}
      {names.length > maxBadges ? <Text size="xs">+{names.length - maxBadges}</Text> : null}
    </Group>
  );
}

function Channels({ kinds }: { readonly kinds: readonly string[] }) {
  const nameOf = useKindName();
  return <Badges names={kinds.map(nameOf)} />;
}

/** Where the contact stands, by the names that flows and steps have. */
function Places({ positions }: Pick<ContactRowBody, "positions">) {
  const names = usePlaceNames(positions.map(({ flow }) => flow));
  const places = positions.map(({ flow, step }) => `${names.flow(flow)} / ${names.step(flow, step)}`);
  return <Badges names={[...new Set(places)]} />;
}

function useFields(): readonly FieldBody[] {
  const api = useApi();
  const { data } = useQuery({
    queryKey: [api.domain, "fields"],
    queryFn: ({ signal }) => api.get<{ data: FieldBody[] }>("/fields", {}, signal),
    staleTime: 60_000,
  });
  return useMemo(() => data?.data ?? [], [data]);
}

/** Every column there is. */
export function useAllColumns(): readonly Column[] {
  const { t } = useTranslation();
  const fields = useFields();
  return useMemo(() => {
    const text = (key: "email" | "phone" | "language" | "timeZone" | "gender" | "clientExternalId", title: string) => ({
      key,
      title,
      width: key === "email" ? 185 : 152,
      show: (contact: ContactRowBody) => contact[key] ?? dash,
    });
    return [
      text("email", t("field.email")),
      text("phone", t("field.phone")),
      { key: "tags", title: t("nav.tags"), width: 190, show: ({ tags }) => <Badges names={tags} /> },
      { key: "labels", title: t("contactList.labels"), width: 220, show: ({ labels }) => <Badges names={labels} /> },
      {
        key: "channels",
        title: t("contact.channels"),
        width: 150,
        show: ({ channels }) => <Channels kinds={[...new Set(channels.map(({ kind }) => kind))]} />,
      },
      {
        key: "position",
        title: t("contactList.position"),
        width: 200,
        show: ({ positions }) => <Places positions={positions} />,
      },
      {
        key: "sequences",
        title: t("contactList.sequences"),
        width: 180,
        show: ({ sequences }) => <Badges names={sequences} />,
      },
      {
        key: "lastInboundAt",
        title: t("contacts.lastInbound"),
        width: 165,
        show: ({ lastInboundAt }) => <Moment at={lastInboundAt} />,
      },
      {
        key: "createdAt",
        title: t("contactList.created"),
        width: 165,
        show: ({ createdAt }) => <Moment at={createdAt} />,
      },
      text("language", t("field.language")),
      text("timeZone", t("field.timeZone")),
      text("gender", t("contactList.gender")),
      text("clientExternalId", t("field.externalId")),
      { key: "cuid", title: "cuid", width: 200, show: ({ cuid }) => cuid },
      ...fields.map(({ key, name }) => ({
        key: `field.${key}`,
        title: name,
        width: 180,
        show: (contact: ContactRowBody) => showValue(contact.fields[key]),
      })),
    ] satisfies Column[];
  }, [t, fields]);
}

function showValue(value: unknown): string {
  if (value === undefined || value === null) return dash;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** The columns that this person has chosen on this browser, in their order. */
export function useColumns(): readonly [readonly Column[], (keys: readonly string[]) => void] {
  const all = useAllColumns();
  const user = useSession()?.user?.id ?? 0;
  const [keys, setKeys] = useLocalStorage<readonly string[]>({
    key: `repartee-contact-columns-${user}`,
    defaultValue: usual,
    getInitialValueInEffect: false,
  });
  const chosen = useMemo(() => all.filter(({ key }) => keys.includes(key)), [all, keys]);
  return [chosen, (next) => setKeys([...next])];
}
