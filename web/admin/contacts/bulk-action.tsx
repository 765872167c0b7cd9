import { Alert, Button, Group, Progress, Stack, Table, Text } from "@mantine/core";
import { useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { BotBody } from "../../../src/http/contract/bots.ts";
import type { BroadcastBody } from "../../../src/http/contract/broadcasts.ts";
import { ActionCallEditor } from "../builder/action-call-editor.tsx";
import { useCatalogue } from "../builder/catalogue.ts";
import { ObjectFields } from "../builder/schema-form.tsx";
import { Dialog } from "../layout/dialog.tsx";
import { useForm } from "../layout/form.tsx";
import { toNumber } from "../layout/number.ts";
import { useApi } from "../layout/page.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";
import { GuardedForm } from "../layout/unsaved.tsx";

interface Call {
  readonly action?: string;
  readonly args?: Readonly<Record<string, unknown>>;
}

/** One action for many: which and with what, how many it is for, how far it is, what came of it. */
export function BulkAction({
  isOpen,
  onClose,
  count,
  audience,
}: {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly count: number | undefined;
  readonly audience: Readonly<Record<string, unknown>>;
}) {
  const { t } = useTranslation();
  const [ids, setIds] = useState<readonly number[]>([]);
  if (!isOpen) return null;
  const close = () => {
    setIds([]);
    onClose();
  };
  return (
    <Dialog onClose={close} size="lg" title={t("bulk.title")}>
      {ids.length === 0 ? (
        <Choice count={count} audience={audience} onStart={setIds} />
      ) : (
        <Run ids={ids} onClose={close} />
      )}
    </Dialog>
  );
}

function Choice({
  count,
  audience,
  onStart,
}: {
  readonly count: number | undefined;
  readonly audience: Readonly<Record<string, unknown>>;
  readonly onStart: (ids: readonly number[]) => void;
}) {
  const { t } = useTranslation();
  const api = useApi();
  const [call, setCall] = useState<Call>({});
  const [isSure, setSure] = useState(false);
  const bots = useQuery({
    queryKey: [api.domain, "bots"],
    queryFn: ({ signal }) => api.get<{ data: BotBody[] }>("/bots", {}, signal),
  });
  const name = useCatalogue().action(call.action ?? "").title;
  const form = useForm([], async () => {
    const made: number[] = [];
    // A broadcast is a bot's: those of its contacts that are meant are in it.
    for (const { id } of bots.data?.data ?? []) {
      const body = { bot: id, name, audience, actions: [call], start: true };
      made.push((await api.send<BroadcastBody>("POST", "/broadcasts", body)).id);
    }
    onStart(made);
  });
  const shown = count === undefined ? "…" : toNumber(count);
  return (
    <GuardedForm form={form} isTyped={call.action !== undefined}>
      <Stack>
        {form.error === undefined ? null : <ErrorNotice error={form.error} />}
        <ActionCallEditor
          schema={{}}
          path="action"
          label={t("bulk.action")}
          value={call}
          onChange={(next) => {
            setCall(next as Call);
            setSure(false);
          }}
          Fields={ObjectFields}
        />
        {isSure ? (
          <Alert color="yellow" role="alert">
            {t("bulk.confirm", { action: name, n: shown })}
          </Alert>
        ) : null}
        <Group justify="flex-end">
          {isSure ? (
            <>
              <Button variant="default" onClick={() => setSure(false)}>
                {t("action.cancel")}
              </Button>
              <Button type="submit" loading={form.isBusy} disabled={bots.data === undefined}>
                {t("bulk.run", { n: shown })}
              </Button>
            </>
          ) : (
            <Button type="button" disabled={call.action === undefined} onClick={() => setSure(true)}>
              {t("bulk.next")}
            </Button>
          )}
        </Group>
      </Stack>
    </GuardedForm>
  );
}

const over: ReadonlySet<BroadcastBody["status"]> = new Set(["finished", "cancelled"]);

/** How far broadcasts are, one a bot. */
function Run({ ids, onClose }: { readonly ids: readonly number[]; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const found = useQueries({
    queries: ids.map((id) => ({
      queryKey: [api.domain, "broadcast", id],
      queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
        api.get<BroadcastBody>(`/broadcasts/${id}`, {}, signal),
      refetchInterval: ({ state }: { readonly state: { readonly data: BroadcastBody | undefined } }) =>
        over.has(state.data?.status ?? "draft") ? false : 700,
    })),
  });
  const all = found.flatMap(({ data }) => data ?? []);
  const isOver = all.length === ids.length && all.every(({ status }) => over.has(status));
  const isPreparing = all.some(({ status }) => status === "preparing");
  const sum = (pick: (one: BroadcastBody["recipients"]) => number) =>
    all.reduce((total, { recipients }) => total + pick(recipients), 0);
  const left = sum(({ waiting, sending }) => waiting + sending);
  const [sent, failed, skipped] = [sum((one) => one.sent), sum((one) => one.failed), sum((one) => one.skipped)];
  const done = sent + failed + skipped;
  useEffect(() => {
    if (isOver) void client.invalidateQueries({ queryKey: [api.domain, "contacts"] });
  }, [isOver, client, api.domain]);
  const cancel = () => {
    for (const id of ids) void api.send("POST", `/broadcasts/${id}/cancel`).catch(() => undefined);
  };
  const trouble = found.find(({ error }) => error !== null)?.error;
  const share = isOver ? 100 : isPreparing || done + left === 0 ? 0 : (100 * done) / (done + left);
  return (
    <Stack>
      {trouble === undefined || trouble === null ? null : <ErrorNotice error={trouble} />}
      <Progress value={share} size="lg" animated={!isOver} aria-label={t("bulk.progress")} />
      <Text role="status" fw={600}>
        {isOver ? t("bulk.done", { n: toNumber(sent) }) : t("bulk.underWay", { n: toNumber(done) })}
      </Text>
      {failed + skipped > 0 ? (
        <Text size="sm">{t("bulk.notDone", { failed: toNumber(failed), skipped: toNumber(skipped) })}</Text>
      ) : null}
      {isOver && failed + skipped > 0 ? <Reasons ids={ids} /> : null}
      <Group justify="flex-end">
        {isOver ? null : (
          <>
            <Text size="sm" c="dimmed">
              {t("bulk.mayClose")}
            </Text>
            <Button variant="default" onClick={cancel}>
              {t("bulk.stop")}
            </Button>
          </>
        )}
        <Button onClick={onClose}>{t("action.close")}</Button>
      </Group>
    </Stack>
  );
}

interface Reason {
  readonly status: string;
  readonly reason: string;
  readonly count: number;
}

function Reasons({ ids }: { readonly ids: readonly number[] }) {
  const { t } = useTranslation();
  const api = useApi();
  const found = useQueries({
    queries: ids.map((id) => ({
      queryKey: [api.domain, "broadcast", id, "reasons"],
      queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
        api.get<{ data: Reason[] }>(`/broadcasts/${id}/reasons`, {}, signal),
    })),
  });
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t("bulk.reason")}</Table.Th>
          <Table.Th ta="right">{t("bulk.number")}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {found
          .flatMap(({ data }) => data?.data ?? [])
          .map(({ reason, count }) => (
            <Table.Tr key={reason}>
              <Table.Td className="breakable">{reason}</Table.Td>
              <Table.Td ta="right">{toNumber(count)}</Table.Td>
            </Table.Tr>
          ))}
      </Table.Tbody>
    </Table>
  );
}
