import { useQueries, useQuery } from "@tanstack/react-query";
import type { z } from "zod";
import type { ChannelBody, platformTemplateSchema } from "../../../src/http/contract/channels.ts";
import type { MessageTemplate } from "../../../src/model/message.ts";
import { useApi } from "../layout/page.tsx";
import { useChannelKinds } from "../messenger/use-channel-kinds.ts";

export type ApprovedTemplate = z.infer<typeof platformTemplateSchema>;
type Header = NonNullable<MessageTemplate["header"]>;

/** What the platforms approved for the bot's channels; one that stands on several accounts is listed once. */
export function useApprovedTemplates(botId: number | undefined, channelId: unknown) {
  const api = useApi();
  const withTemplates = useChannelKinds().filter(({ capabilities }) => capabilities.templates === true);
  const channels = useQuery({
    queryKey: [api.domain, "channels"],
    queryFn: ({ signal }) => api.get<{ data: ChannelBody[] }>("/channels", {}, signal),
    staleTime: 60_000,
  });
  const fit = (channels.data?.data ?? []).filter(
    (channel) =>
      withTemplates.some(({ kind }) => kind === channel.kind) &&
      (botId === undefined || channel.botId === botId) &&
      (typeof channelId !== "number" || channel.id === channelId),
  );
  const lists = useQueries({
    queries: fit.map(({ id }) => ({
      queryKey: [api.domain, "channels", id, "templates"],
      queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
        api.get<{ data: ApprovedTemplate[] }>(`/channels/${id}/templates`, {}, signal),
      staleTime: 60_000,
    })),
  });
  const all = lists.flatMap(({ data }) => data?.data ?? []).filter(({ status }) => status === "approved");
  return {
    templates: [...new Map(all.map((one) => [keyOf(one), one])).values()],
    isLoading: channels.isLoading || lists.some(({ isLoading }) => isLoading),
    hasChannel: fit.length > 0,
    error: channels.error ?? lists.find(({ error }) => error !== null)?.error ?? null,
  };
}

export const keyOf = ({ name, language }: Partial<Pick<ApprovedTemplate, "name" | "language">>) =>
  `${name} ${language}`;

const headerKinds: Readonly<Record<string, Header["kind"]>> = {
  text: "text",
  image: "image",
  video: "video",
  document: "file",
};

/** What a template's header takes: a text where it has a variable, or a file's address. */
export function headerKindOf({ header = "" }: ApprovedTemplate): Header["kind"] | undefined {
  return Object.hasOwn(headerKinds, header) ? headerKinds[header] : undefined;
}

/** A message's template with a place for each thing that is to be filled in; what was filled into the one before stays where it fits. */
export function fillFrom(approved: ApprovedTemplate, old: Partial<MessageTemplate> = {}): MessageTemplate {
  const kind = headerKindOf(approved);
  const header = kind === undefined || kind === "text" ? undefined : { kind, value: "" };
  const kept = old.header?.kind === kind ? old.header : header;
  return {
    name: approved.name,
    language: approved.language,
    ...(kept === undefined ? {} : { header: kept }),
    body: Array.from({ length: approved.variables }, (_, index) => old.body?.[index] ?? ""),
    urls: approved.buttons.flatMap(({ hasVariable }, index) =>
      hasVariable ? [old.urls?.find((one) => one.index === index) ?? { index, value: "" }] : [],
    ),
  };
}

/** The template's text with what is filled in; what is not yet, stays as the platform writes it. */
export function fillIn(text: string, values: readonly string[]): string {
  const names: string[] = [];
  return text.replace(/\{\{\s*(\w+)\s*\}\}/g, (place, name: string) => {
    if (!names.includes(name)) names.push(name);
    const value = values[names.indexOf(name)] ?? "";
    return value === "" ? place : value;
  });
}
