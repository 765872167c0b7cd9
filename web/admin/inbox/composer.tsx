import { ActionIcon, Alert, Badge, Button, Group, SegmentedControl, Stack, Text, Textarea } from "@mantine/core";
import { IconSend } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { type KeyboardEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { SavedReplyBody } from "../../../src/http/contract/saved-replies.ts";
import { useApi } from "../layout/page.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";
import { timeFormat } from "../words/times.ts";
import { AttachTools } from "./attach-tools.tsx";
import { SavedReplies } from "./saved-replies.tsx";
import { ScheduledList, ScheduleTool } from "./schedule.tsx";
import { type Suggestion, Suggestions } from "./suggestions.tsx";
import { useMembers } from "./use-members.ts";
import { useSend } from "./use-send.ts";
import { useTyped } from "./use-typed.ts";

/** Years from now: until somebody resumes it. */
const noEndYear = 9999;

function sayPause(t: TFunction, until: string): string {
  if (new Date(until).getUTCFullYear() >= noEndYear) return t("inbox.paused");
  const format = timeFormat({ dateStyle: "medium", timeStyle: "short" });
  return t("inbox.pausedUntil", { at: format.format(new Date(until)) });
}

/** Where an agent writes: to the contact, or to the others. */
export function Composer({
  contactId,
  pausedUntil,
  onResume,
  onWriting,
}: {
  readonly contactId: number;
  /** null: the bot speaks. */
  readonly pausedUntil: string | null;
  readonly onResume: () => void;
  readonly onWriting: () => void;
}) {
  const { t } = useTranslation();
  const api = useApi();
  const { typed, change } = useTyped(api.domain, contactId);
  const { mode, text, attached } = typed;
  const { members } = useMembers();
  const send = useSend(contactId, () => change({ text: "", attached: [] }));
  const box = useRef<HTMLTextAreaElement>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const mentioned = mode === "note" ? members.filter(({ name }) => text.includes(`@${name}`)) : [];
  const isEmpty = text.trim() === "" && (mode === "note" || attached.length === 0);
  const submit = () => {
    if (isEmpty || send.isPending) return;
    setProblem(null);
    send.mutate({ ...typed, mentioned: mentioned.map(({ id }) => id) });
  };
  const put = (next: string) => {
    change({ text: next });
    box.current?.focus();
  };
  const render = async (reply: SavedReplyBody) => {
    try {
      const said = await api.send<{ text: string; problem: string | null }>("POST", `/contacts/${contactId}/render`, {
        template: reply.text,
      });
      setProblem(null);
      // What cannot be put together is shown as it was written.
      put(said.problem === null ? said.text : reply.text);
    } catch (thrown) {
      setProblem(thrown);
    }
  };
  const suggestions = useSuggestions(typed, put, (reply) => void render(reply));
  const [chosen, setChosen] = useState(0);
  const active = Math.min(chosen, Math.max(0, suggestions.length - 1));
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (suggestions.length > 0 && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      setChosen((active + step + suggestions.length) % suggestions.length);
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      const suggestion = suggestions[active];
      if (suggestion === undefined) submit();
      else suggestion.choose();
    }
  };
  const label = t(mode === "note" ? "inbox.writeNote" : "inbox.write");
  return (
    <Stack gap="xs" p="sm" className="inbox-composer" data-mode={mode}>
      {pausedUntil === null ? null : (
        <Alert p={6} color="yellow">
          <Group gap="xs" justify="space-between">
            <Text size="xs">{sayPause(t, pausedUntil)}</Text>
            <Button size="compact-xs" variant="default" onClick={onResume}>
              {t("inbox.resume")}
            </Button>
          </Group>
        </Alert>
      )}
      <ScheduledList contactId={contactId} />
      {send.error === null ? null : <ErrorNotice error={send.error} onRetry={submit} />}
      {problem === null ? null : <ErrorNotice error={problem} />}
      <Suggestions list={suggestions} chosen={active} label={t("inbox.suggestions")} />
      <Group gap="xs" justify="space-between">
        <SegmentedControl
          size="xs"
          aria-label={t("inbox.mode")}
          data={[
            { value: "reply", label: t("inbox.reply") },
            { value: "note", label: t("inbox.note") },
          ]}
          value={mode}
          onChange={(next) => change({ mode: next === "note" ? "note" : "reply" })}
        />
        {mode === "note" ? null : (
          <Group gap={4}>
            <SavedReplies />
            <AttachTools
              contactId={contactId}
              onAttached={(file) => change({ attached: [...attached, file] })}
              onProblem={setProblem}
            />
            <ScheduleTool contactId={contactId} typed={typed} onDone={() => change({ text: "", attached: [] })} />
          </Group>
        )}
      </Group>
      {mode === "note" || attached.length === 0 ? null : (
        <Group gap={4}>
          {attached.map((file) => (
            <Badge
              key={file.url}
              variant="default"
              tt="none"
              component="button"
              type="button"
              aria-label={t("inbox.detach", { name: file.name })}
              onClick={() => change({ attached: attached.filter((one) => one !== file) })}
            >
              {file.name} ×
            </Badge>
          ))}
        </Group>
      )}
      <Group align="flex-end" wrap="nowrap" gap="xs">
        <Textarea
          ref={box}
          flex={1}
          autosize
          minRows={1}
          maxRows={8}
          maxLength={mode === "note" ? 5_000 : 20_000}
          aria-label={label}
          placeholder={t(mode === "note" ? "inbox.noteHint" : "inbox.writeHint")}
          value={text}
          onChange={({ currentTarget }) => {
            change({ text: currentTarget.value });
            setChosen(0);
            if (currentTarget.value !== "") onWriting();
          }}
          onKeyDown={onKeyDown}
        />
        <ActionIcon
          size={36}
          loading={send.isPending}
          aria-label={t(mode === "note" ? "inbox.saveNote" : "inbox.send")}
          onClick={submit}
        >
          <IconSend size={18} />
        </ActionIcon>
      </Group>
    </Stack>
  );
}

/** Saved replies behind a slash, members behind an @. */
function useSuggestions(
  { mode, text }: { readonly mode: "reply" | "note"; readonly text: string },
  put: (text: string) => void,
  render: (reply: SavedReplyBody) => void,
): readonly Suggestion[] {
  const api = useApi();
  const { members } = useMembers();
  const slash = mode === "reply" ? /^\/([\p{L}\p{N}_-]*)$/u.exec(text)?.[1] : undefined;
  const at = mode === "note" ? /(?:^|\s)@([^@\n]*)$/u.exec(text)?.[1] : undefined;
  const replies = useQuery({
    queryKey: [api.domain, "saved-replies"],
    queryFn: ({ signal }) => api.get<{ data: SavedReplyBody[] }>("/saved-replies", {}, signal),
    enabled: slash !== undefined,
  });
  const fits = (part: string, ...texts: string[]) =>
    texts.some((one) => one.toLowerCase().includes(part.toLowerCase()));
  if (slash !== undefined) {
    const found = (replies.data?.data ?? []).filter((reply) => fits(slash, reply.shortcut, reply.text));
    return found.map((reply) => ({
      key: String(reply.id),
      title: `/${reply.shortcut}`,
      text: reply.text,
      choose: () => render(reply),
    }));
  }
  if (at === undefined) return [];
  return members
    .filter(({ name }) => fits(at, name))
    .map(({ id, name }) => ({
      key: String(id),
      title: name,
      choose: () => put(`${text.slice(0, text.length - at.length)}${name} `),
    }));
}
