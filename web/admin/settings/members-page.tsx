import {
  Badge,
  Button,
  Code,
  CopyButton,
  Group,
  Modal,
  Select,
  Skeleton,
  Stack,
  Table,
  Text,
  TextInput,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconLogout, IconUserPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { z } from "zod";
import type { memberSchema } from "../../../src/http/contract/members.ts";
import type { invitationSchema } from "../../../src/http/contract/sign-in.ts";
import { type MemberRole, memberRoles } from "../../../src/model/conversation.ts";
import { type Basis, useBasis, useGuard } from "../layout/basis.ts";
import { DeleteButton } from "../layout/delete-button.tsx";
import { useForm } from "../layout/form.tsx";
import { sayDay } from "../layout/moment.tsx";
import { Page, Section, useApi } from "../layout/page.tsx";
import { ReachNotice } from "../layout/reach-notice.tsx";
import { ErrorNotice, leavesNothing } from "../layout/trouble.tsx";
import { useSession } from "../session.ts";

type Member = z.infer<typeof memberSchema>;
type Invitation = z.infer<typeof invitationSchema>;

const joinMs = 10_000;

/** The team of a workspace: who is in, as what, and who was asked. */
export function MembersPage() {
  const { t } = useTranslation();
  const { domain } = useParams({ from: "/w/$domain" });
  const role = useSession()?.workspaces.find((one) => one.domain === domain)?.role ?? "viewer";
  const mayChange = role === "owner" || role === "admin";
  const [isOpen, { open, close }] = useDisclosure(false);
  const invite = mayChange ? (
    <Button leftSection={<IconUserPlus size={16} />} onClick={open}>
      {t("members.invite")}
    </Button>
  ) : null;
  return (
    <Page title={t("nav.members")} actions={invite}>
      <Section title={t("members.team")}>
        <Members mayChange={mayChange} mayOwn={role === "owner"} />
      </Section>
      <Section title={t("members.invited")}>
        <Invitations mayChange={mayChange} />
      </Section>
      <Modal
        opened={isOpen}
        onClose={close}
        title={t("members.invite")}
        closeOnClickOutside={false}
        closeButtonProps={{ "aria-label": t("action.close") }}
      >
        <Invite mayOwn={role === "owner"} onClose={close} />
      </Modal>
    </Page>
  );
}

function useRoleChoices(mayOwn: boolean) {
  const { t } = useTranslation();
  return memberRoles
    .filter((role) => mayOwn || role !== "owner")
    .map((role) => ({ value: role, label: t(`role.${role}`) }));
}

function Members({ mayChange, mayOwn }: { readonly mayChange: boolean; readonly mayOwn: boolean }) {
  const api = useApi();
  const client = useQueryClient();
  const me = useSession()?.user?.email;
  const { data, error, refetch } = useQuery({
    queryKey: [api.domain, "members"],
    queryFn: ({ signal }) => api.get<{ data: Member[] }>("/members", {}, signal),
    // Whoever was asked joins elsewhere.
    refetchInterval: joinMs,
  });
  const onSettled = () => client.invalidateQueries({ queryKey: [api.domain, "members"] });
  const remove = useMutation({ mutationFn: (id: number) => api.send("DELETE", `/members/${id}`), onSettled });
  if (leavesNothing(error, data)) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton h={120} />;
  return (
    <Stack>
      {remove.error === null ? null : <ErrorNotice error={remove.error} />}
      <Table verticalSpacing="xs" className="member-table">
        <Table.Tbody>
          {data.data.map((member) => (
            <MemberRow
              key={member.id}
              member={member}
              mayChangeRole={mayChange && (member.role !== "owner" || mayOwn)}
              maySignOut={mayChange && (member.role !== "owner" || mayOwn) && member.email !== me}
              mayResetSecondFactor={mayOwn && member.hasSecondFactor && member.email !== me}
              onRemove={mayChange && member.email !== me ? () => remove.mutate(member.id) : undefined}
              onSettled={onSettled}
            />
          ))}
        </Table.Tbody>
      </Table>
    </Stack>
  );
}

function MemberRow({
  member,
  mayChangeRole,
  maySignOut,
  mayResetSecondFactor,
  onRemove,
  onSettled,
}: {
  readonly member: Member;
  readonly mayChangeRole: boolean;
  readonly maySignOut: boolean;
  readonly mayResetSecondFactor: boolean;
  readonly onRemove: (() => void) | undefined;
  readonly onSettled: () => Promise<void>;
}) {
  const { t } = useTranslation();
  const { id, email, name, role, hasSecondFactor } = member;
  const choices = useRoleChoices(true);
  const change = useRoleChange(member, onSettled);
  return (
    <>
      <Table.Tr>
        <Table.Td>
          <Text size="sm" fw={600}>
            {name === "" ? email : name}
          </Text>
          <Text size="xs" c="dimmed">
            {email}
          </Text>
          {hasSecondFactor ? (
            <Badge variant="default" size="sm" tt="none">
              {t("secondFactor.has")}
            </Badge>
          ) : null}
        </Table.Td>
        <Table.Td>
          <Select
            aria-label={t("members.roleOf", { email })}
            size="xs"
            w={160}
            data={choices}
            value={change.chosen ?? role}
            allowDeselect={false}
            disabled={!mayChangeRole}
            onChange={(next) => next !== null && change.choose(next as MemberRole)}
          />
        </Table.Td>
        <Table.Td ta="right">
          {maySignOut ? <SignOut id={id} email={email} /> : null}
          {mayResetSecondFactor ? <ResetSecondFactor id={id} email={email} onDone={onSettled} /> : null}
          {onRemove === undefined ? null : (
            <Button variant="subtle" color="red" onClick={onRemove}>
              {t("members.remove")}
            </Button>
          )}
        </Table.Td>
      </Table.Tr>
      {change.error === null ? null : (
        <Table.Tr>
          <Table.Td colSpan={3}>
            <ErrorNotice error={change.error} onRetry={change.retry} />
          </Table.Td>
        </Table.Tr>
      )}
    </>
  );
}

/** A role is saved as it is chosen. What is chosen and not saved stays in its place, under what went wrong. */
function useRoleChange(member: Member, onSettled: () => Promise<void>) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const [chosen, setChosen] = useState<MemberRole>();
  const path = `/members/${member.id}`;
  const basis = useBasis(path, member, ["role"], {
    isUntouched: chosen === undefined,
    words: { role: { title: t("members.role"), say: (role) => t(`role.${role as MemberRole}`) } },
    takeTheirs: () => {
      change.reset();
      setChosen(undefined);
    },
  });
  const guard = useGuard(basis);
  const change = useMutation({
    mutationFn: (role: MemberRole) =>
      guard(
        async () => {
          const saved = await api.send<Member>("PATCH", path, { role });
          client.setQueryData<{ data: Member[] }>([api.domain, "members"], (list) =>
            list === undefined ? undefined : { data: list.data.map((one) => (one.id === saved.id ? saved : one)) },
          );
          setChosen(undefined);
        },
        () => change.mutate(role),
      ),
    onSuccess: onSettled,
    onError: onSettled,
  });
  const choose = (role: MemberRole) => {
    setChosen(role);
    change.mutate(role);
  };
  return { chosen, choose, error: change.error, retry: () => chosen !== undefined && change.mutate(chosen) };
}

function SignOut({ id, email }: { readonly id: number; readonly email: string }) {
  const { t } = useTranslation();
  const api = useApi();
  return (
    <DeleteButton
      isLabelled
      name={email}
      icon={<IconLogout size={16} />}
      verb={t("members.signOut")}
      loss={t("members.signOutLoss")}
      onDelete={async () => {
        await api.send("DELETE", `/members/${id}/sessions`);
        notifications.show({ message: t("members.signedOut", { email }) });
      }}
    />
  );
}

function ResetSecondFactor({
  id,
  email,
  onDone,
}: {
  readonly id: number;
  readonly email: string;
  readonly onDone: () => Promise<void>;
}) {
  const { t } = useTranslation();
  const api = useApi();
  return (
    <DeleteButton
      isLabelled
      name={email}
      verb={t("secondFactor.reset")}
      loss={t("secondFactor.resetLoss")}
      onDelete={async () => {
        await api.send("DELETE", `/members/${id}/second-factor`);
        await onDone();
      }}
    />
  );
}

function Invitations({ mayChange }: { readonly mayChange: boolean }) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const { data, error } = useQuery({
    queryKey: [api.domain, "invitations"],
    queryFn: ({ signal }) => api.get<{ data: Invitation[] }>("/invitations", {}, signal),
    // Whoever was asked joins elsewhere.
    refetchInterval: joinMs,
  });
  const withdraw = useMutation({
    mutationFn: (id: number) => api.send("DELETE", `/invitations/${id}`),
    onSettled: () => client.invalidateQueries({ queryKey: [api.domain, "invitations"] }),
  });
  if (leavesNothing(error, data)) return <ErrorNotice error={error} />;
  if (data === undefined) return <Skeleton h={40} />;
  if (data.data.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t("members.nobodyInvited")}
      </Text>
    );
  }
  return (
    <Stack gap="xs">
      {data.data.map(({ id, email, role, expiresAt }) => (
        <Group key={id} justify="space-between">
          <Text size="sm">
            {email} · {t(`role.${role}`)} · {t("members.until")} {sayDay(expiresAt)}
          </Text>
          {mayChange ? (
            <Button size="compact-sm" variant="default" onClick={() => withdraw.mutate(id)}>
              {t("members.withdraw")}
            </Button>
          ) : null}
        </Group>
      ))}
    </Stack>
  );
}

/** A new invitation ends an open one of the same person, which somebody else may have sent just now: it is told before it is done. */
function Invite({ mayOwn, onClose }: { readonly mayOwn: boolean; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<MemberRole>("agent");
  const [url, setUrl] = useState<string | null>(null);
  const isMailed = useSession()?.mailsAccounts === true;
  const choices = useRoleChoices(mayOwn);
  const invited = email.trim().toLowerCase();
  const basis: Basis = {
    seen: {},
    keys: [invited],
    isUntouched: false,
    load: async () => {
      const { data } = await api.get<{ data: Invitation[] }>("/invitations");
      return { [invited]: data.find((one) => one.email.toLowerCase() === invited)?.role };
    },
    words: { [invited]: { title: t("members.role"), say: (value) => t(`role.${value as MemberRole}`) } },
    notice: {
      title: t("members.openInvitation.title", { email: email.trim() }),
      text: t("members.openInvitation.text"),
      mine: t("members.openInvitation.mine"),
      theirs: t("members.openInvitation.theirs"),
    },
    takeTheirs: onClose,
  };
  const form = useForm(
    ["email", "role"],
    async () => {
      const made = await api.send<Invitation>("POST", "/invitations", { email, role });
      setUrl(made.url);
      await client.invalidateQueries({ queryKey: [api.domain, "invitations"] });
    },
    {},
    basis,
  );
  if (url !== null) {
    return (
      <Stack>
        <Text size="sm">{t(isMailed ? "members.mailed" : "members.sendLink", { email })}</Text>
        <Code block style={{ overflowWrap: "anywhere", whiteSpace: "pre-wrap" }}>
          {url}
        </Code>
        <ReachNotice text={url} />
        <CopyButton value={url}>
          {({ copied, copy }) => <Button onClick={copy}>{t(copied ? "action.copied" : "action.copy")}</Button>}
        </CopyButton>
      </Stack>
    );
  }
  return (
    <form onSubmit={form.onSubmit}>
      <Stack>
        {form.error === undefined ? null : <ErrorNotice error={form.error} />}
        <TextInput
          label={t("field.email")}
          type="email"
          required
          data-autofocus
          value={email}
          error={form.fieldErrors.email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <Select
          label={t("members.role")}
          description={t(`roleText.${role}`)}
          data={choices}
          value={role}
          allowDeselect={false}
          onChange={(next) => next !== null && setRole(next as MemberRole)}
        />
        <Group justify="flex-end">
          <Button type="submit" loading={form.isBusy}>
            {t("members.makeLink")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
