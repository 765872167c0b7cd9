import { Alert, Anchor, Badge, Button, Group, Stack, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { z } from "zod";
import type {
  authorizeSchema,
  IntegrationBody,
  integrationHealthSchema,
  integrationKindSchema,
} from "../../../src/http/contract/integrations.ts";
import { CopyText } from "../layout/copy-field.tsx";
import { DeleteButton } from "../layout/delete-button.tsx";
import { EditButton } from "../layout/edit-button.tsx";
import { Listing } from "../layout/listing.tsx";
import { Moment } from "../layout/moment.tsx";
import { EmptyState, Page, Section, useApi } from "../layout/page.tsx";
import { useList, useMayChange, useRenew } from "../layout/resource.ts";
import { ErrorNotice } from "../layout/trouble.tsx";
import { EditIntegration } from "./edit-integration.tsx";

export type IntegrationKind = z.infer<typeof integrationKindSchema>;

/** The other systems that flows call. */
export function IntegrationsPage() {
  const { t } = useTranslation();
  const mayChange = useMayChange();
  const integrations = useList<IntegrationBody>("/integrations", {}, { every: 30_000 });
  const kinds = useList<IntegrationKind>("/integration-kinds").items ?? [];
  const [edited, setEdited] = useState<IntegrationBody | "new" | null>(null);
  const create = mayChange ? (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setEdited("new")}>
      {t("integrations.create")}
    </Button>
  ) : null;
  return (
    <Page title={t("menu.integrations")} actions={create}>
      <Listing
        list={integrations}
        empty={<EmptyState title={t("integrations.empty.title")} text={t("integrations.empty.text")} action={create} />}
      >
        {(items) =>
          items.map((integration) => (
            <Integration
              key={integration.id}
              integration={integration}
              kind={kinds.find(({ kind }) => kind === integration.kind)}
              onEdit={mayChange ? () => setEdited(integration) : undefined}
            />
          ))
        }
      </Listing>
      <OtherWay />
      {edited === null ? null : (
        <EditIntegration
          kinds={kinds}
          integration={edited === "new" ? undefined : edited}
          onClose={() => setEdited(null)}
        />
      )}
    </Page>
  );
}

/** Whoever comes from another platform looks here for the key by which GetCourse calls. */
function OtherWay() {
  const { t } = useTranslation();
  const { domain } = useParams({ from: "/w/$domain" });
  return (
    <Text size="sm" maw={720}>
      {t("integrations.otherWay")}{" "}
      <Anchor component={Link} inherit underline="always" to={`/w/${domain}/settings/action-links`}>
        {t("menu.actionLinks")}
      </Anchor>
      {", "}
      <Anchor component={Link} inherit underline="always" to={`/w/${domain}/settings/inbound-webhooks`}>
        {t("menu.inboundWebhooks")}
      </Anchor>
    </Text>
  );
}

interface IntegrationProps {
  readonly integration: IntegrationBody;
  readonly kind: IntegrationKind | undefined;
  readonly onEdit: (() => void) | undefined;
}

function Integration({ integration, kind, onEdit }: IntegrationProps) {
  const { t } = useTranslation();
  const { name, active, error, errorAt } = integration;
  return (
    <Section
      title={name}
      actions={
        <Group gap="xs">
          <Badge variant={active ? "light" : "default"} color={active ? "teal" : "gray"} tt="none">
            {t(active ? "list.on" : "list.off")}
          </Badge>
          {onEdit === undefined ? null : <EditButton name={name} onClick={onEdit} />}
        </Group>
      }
    >
      <Stack gap="sm">
        <Group gap="lg">
          <Text size="sm">{kind?.title ?? integration.kind}</Text>
          <CopyText what={t("sequences.ref")} value={integration.ref} />
        </Group>
        {error === null ? null : (
          <Alert color="red" className="breakable">
            {error} (<Moment at={errorAt} />)
          </Alert>
        )}
        <Steps integration={integration} kind={kind} mayChange={onEdit !== undefined} />
      </Stack>
    </Section>
  );
}

function Steps({
  integration,
  kind,
  mayChange,
}: Pick<IntegrationProps, "integration" | "kind"> & { readonly mayChange: boolean }) {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const { domain } = useParams({ from: "/w/$domain" });
  const path = `/integrations/${integration.id}`;
  const check = useMutation({
    mutationFn: () => api.get<z.infer<typeof integrationHealthSchema>>(`${path}/health`),
    onSettled: () => renew("/integrations"),
  });
  const signIn = useMutation({
    mutationFn: () => api.send<z.infer<typeof authorizeSchema>>("POST", `${path}/authorize`),
    onSuccess: ({ url }) => {
      window.open(url, "_blank", "noopener");
    },
  });
  const trouble = check.error ?? signIn.error;
  return (
    <>
      {check.data === undefined ? null : (
        <Alert color={check.data.ok ? "teal" : "red"} role="status">
          {t(check.data.ok ? "channels.checkOk" : "channels.checkBad", { message: check.data.message })}
        </Alert>
      )}
      {trouble === null ? null : <ErrorNotice error={trouble} />}
      {signIn.data === undefined ? null : (
        <Text size="xs" className="breakable">
          {t("integrations.redirect")} {signIn.data.redirectUri}
        </Text>
      )}
      <Group gap="sm">
        <Button size="compact-sm" variant="default" loading={check.isPending} onClick={() => check.mutate()}>
          {t("integrations.test")}
        </Button>
        {kind?.oauth === true && mayChange ? (
          <Button size="compact-sm" variant="light" loading={signIn.isPending} onClick={() => signIn.mutate()}>
            {t("integrations.signIn")}
          </Button>
        ) : null}
        <Anchor size="sm" component={Link} to={`/w/${domain}/settings/log?integrationId=${integration.id}`}>
          {t("integrations.calls")}
        </Anchor>
        {integration.kind === "getcourse" ? (
          <Anchor size="sm" component={Link} to={`/w/${domain}/settings/action-links`}>
            {t("menu.actionLinks")}
          </Anchor>
        ) : null}
        {mayChange ? (
          <DeleteButton
            isLabelled
            name={integration.name}
            loss={t("integrations.loss")}
            onDelete={async () => {
              await api.send("DELETE", path);
              await renew("/integrations");
            }}
          />
        ) : null}
      </Group>
    </>
  );
}
