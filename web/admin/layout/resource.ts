import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import type { BotBody } from "../../../src/http/contract/bots.ts";
import type { ContactCountBody, countedThings } from "../../../src/http/contract/contact-counts.ts";
import type { WorkspaceBody } from "../../../src/http/contract/workspace.ts";
import { useSession } from "../session.ts";
import { useApi } from "./page.tsx";

/** A list as a page needs it. `items` is undefined until it is there. */
export interface List<Item> {
  readonly items: readonly Item[] | undefined;
  readonly error: unknown;
  readonly retry: () => void;
  /** Loads the next page; undefined where there is none. */
  readonly more?: (() => void) | undefined;
  readonly isLoadingMore?: boolean;
}

type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** What is loaded from a path is kept under it, without the slash; what comes in pages apart from what comes whole: either kind of page breaks on the other's. */
const keyOf = (path: string) => path.slice(1);

/** A list that comes whole. */
export function useList<Item>(
  path: string,
  query: Query = {},
  { every }: { readonly every?: number } = {},
): List<Item> {
  const api = useApi();
  const { data, error, refetch } = useQuery({
    queryKey: [api.domain, keyOf(path), query],
    queryFn: ({ signal }) => api.get<{ data: Item[] }>(path, query, signal),
    ...(every === undefined ? {} : { refetchInterval: every }),
  });
  return { items: data?.data, error, retry: () => void refetch() };
}

/** A list that comes in pages. */
export function usePages<Item>(
  path: string,
  query: Query = {},
  { every }: { readonly every?: number | undefined } = {},
): List<Item> {
  const api = useApi();
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: [api.domain, keyOf(path), "pages", query],
    queryFn: ({ pageParam, signal }) =>
      api.get<{ data: Item[]; nextCursor: string | null }>(path, { ...query, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    ...(every === undefined ? {} : { refetchInterval: every }),
  });
  return {
    items: data?.pages.flatMap((page) => page.data),
    error,
    retry: () => void refetch(),
    more: hasNextPage ? () => void fetchNextPage() : undefined,
    isLoadingMore: isFetchingNextPage,
  };
}

/** Has what is under these paths loaded anew, wherever it is shown. */
export function useRenew(): (...paths: readonly string[]) => Promise<void> {
  const { domain } = useApi();
  const client = useQueryClient();
  return useCallback(
    async (...paths) => {
      await Promise.all(paths.map((path) => client.invalidateQueries({ queryKey: [domain, keyOf(path)] })));
    },
    [client, domain],
  );
}

/** How many contacts have each of these things, by id or ref; undefined until it is known. */
export function useContactCounts(of: (typeof countedThings)[number]): ReadonlyMap<string, number> | undefined {
  const { items } = useList<ContactCountBody>(`/contact-counts/${of}`);
  return useMemo(
    () => (items === undefined ? undefined : new Map(items.map((one) => [one.key, one.contacts]))),
    [items],
  );
}

/** What settings may be changed by who looks at them: owners and admins. */
export function useMayChange(): boolean {
  const { domain } = useParams({ from: "/w/$domain" });
  const role = useSession()?.workspaces.find((one) => one.domain === domain)?.role;
  return role === "owner" || role === "admin";
}

/** Whether who looks may build: flows, links, sequences and broadcasts. */
export function useMayBuild(): boolean {
  const { domain } = useParams({ from: "/w/$domain" });
  const role = useSession()?.workspaces.find((one) => one.domain === domain)?.role;
  return role === "owner" || role === "admin" || role === "editor";
}

/** Whether who looks may write to contacts, and keep replies for that: everybody but viewers. */
export function useMayTalk(): boolean {
  const { domain } = useParams({ from: "/w/$domain" });
  const role = useSession()?.workspaces.find((one) => one.domain === domain)?.role;
  return role !== undefined && role !== "viewer";
}

export function useBots(): List<BotBody> {
  return useList<BotBody>("/bots");
}

export function useWorkspace(): WorkspaceBody | undefined {
  const api = useApi();
  const { data } = useQuery({
    queryKey: [api.domain, "workspace"],
    queryFn: ({ signal }) => api.get<WorkspaceBody>("/workspace", {}, signal),
    staleTime: 60_000,
  });
  return data;
}
