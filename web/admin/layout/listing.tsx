import { Button, Group, Paper, Skeleton, Table } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { List } from "./resource.ts";
import { ErrorNotice } from "./trouble.tsx";

/** What a list shows while it loads, when it failed, when it is empty, and else. */
export function Listing<Item>({
  list,
  empty,
  children,
}: {
  readonly list: List<Item>;
  readonly empty: ReactNode;
  readonly children: (items: readonly Item[]) => ReactNode;
}) {
  const { t } = useTranslation();
  if (list.error !== null && list.items === undefined) return <ErrorNotice error={list.error} onRetry={list.retry} />;
  if (list.items === undefined) return <Skeleton h={200} />;
  if (list.items.length === 0) return empty;
  return (
    <>
      {children(list.items)}
      {list.more === undefined ? null : (
        <Group justify="center">
          <Button variant="default" loading={list.isLoadingMore === true} onClick={list.more}>
            {t("action.more")}
          </Button>
        </Group>
      )}
    </>
  );
}

/** Rows under headings; an empty heading stands over buttons. */
export function ListTable({
  head,
  minWidth = 560,
  isPlain = false,
  children,
}: {
  readonly head: readonly string[];
  readonly minWidth?: number;
  /** Nothing in it takes the focus: the table does, so that keys scroll it where it is wider than the page. */
  readonly isPlain?: boolean;
  readonly children: ReactNode;
}) {
  const { t } = useTranslation();
  return (
    <Paper withBorder radius="lg">
      <Table.ScrollContainer
        minWidth={minWidth}
        {...(isPlain ? { scrollAreaProps: { viewportProps: { tabIndex: 0 } } } : {})}
      >
        <Table verticalSpacing="sm" horizontalSpacing="md">
          <Table.Thead>
            <Table.Tr>
              {head.map((word) => (
                <Table.Th key={word} aria-label={word === "" ? t("action.actions") : undefined}>
                  {word}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>{children}</Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Paper>
  );
}
