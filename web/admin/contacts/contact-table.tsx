import { Checkbox, Loader, Text } from "@mantine/core";
import { Link, useParams } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { ContactRowBody } from "../../../src/http/contract/contact-lists.ts";
import type { Column } from "./columns.tsx";
import { nameOf } from "./name-of.ts";
import { isChosen, type Selection, toggle, togglePage } from "./selection.ts";
import "./contacts.css";

const rowHeight = 46;
const nameWidth = 195;
const checkWidth = 48;

/** The contacts that are loaded, of which only those in sight are drawn; the next page is asked for before its place comes into sight. */
export function ContactTable({
  contacts,
  columns,
  selection,
  onSelect,
  hasMore,
  loadMore,
}: {
  readonly contacts: readonly ContactRowBody[];
  readonly columns: readonly Column[];
  readonly selection: Selection;
  readonly onSelect: (selection: Selection) => void;
  readonly hasMore: boolean;
  readonly loadMore: () => void;
}) {
  const { t } = useTranslation();
  const frame = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: contacts.length,
    getScrollElement: () => frame.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  });
  const rows = virtual.getVirtualItems();
  const lastShown = rows.at(-1)?.index ?? 0;
  const isNearEnd = hasMore && lastShown > contacts.length - 25;
  useEffect(() => {
    if (isNearEnd) loadMore();
  }, [isNearEnd, loadMore]);
  const ids = contacts.map(({ id }) => id);
  const areAll = ids.length > 0 && ids.every((id) => isChosen(selection, id));
  const above = rows[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (rows.at(-1)?.end ?? 0);
  return (
    <section ref={frame} className="contact-table" aria-label={t("nav.contacts")}>
      <table style={{ width: checkWidth + nameWidth + columns.reduce((sum, { width }) => sum + width, 0) }}>
        <thead>
          <tr>
            <th style={{ width: checkWidth }}>
              <Checkbox
                aria-label={t("contactList.selectPage")}
                checked={areAll}
                indeterminate={!areAll && ids.some((id) => isChosen(selection, id))}
                onChange={() => onSelect(togglePage(selection, ids))}
              />
            </th>
            <th style={{ width: nameWidth }}>{t("field.name")}</th>
            {columns.map(({ key, title, width }) => (
              <th key={key} style={{ width }}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Space height={above} />
          {rows.map(({ index }) => {
            const contact = contacts[index];
            return contact === undefined ? null : (
              <Row
                key={contact.id}
                contact={contact}
                columns={columns}
                chosen={isChosen(selection, contact.id)}
                onToggle={() => onSelect(toggle(selection, contact.id))}
              />
            );
          })}
          <Space height={below} />
        </tbody>
      </table>
      {hasMore ? <Loader size="sm" m="sm" role="status" aria-label={t("contactList.loading")} /> : null}
    </section>
  );
}

function Space({ height }: { readonly height: number }) {
  return height > 0 ? <tr aria-hidden style={{ height }} /> : null;
}

function Row({
  contact,
  columns,
  chosen,
  onToggle,
}: {
  readonly contact: ContactRowBody;
  readonly columns: readonly Column[];
  readonly chosen: boolean;
  readonly onToggle: () => void;
}) {
  const { t } = useTranslation();
  const { domain } = useParams({ from: "/w/$domain" });
  const name = nameOf(t, contact);
  return (
    <tr style={{ height: rowHeight }} data-chosen={chosen}>
      <td>
        <Checkbox aria-label={t("contactList.select", { name })} checked={chosen} onChange={onToggle} />
      </td>
      <td className="cut">
        <Link to="/w/$domain/contacts/$id" params={{ domain, id: String(contact.id) }} className="row-link">
          <Text span size="sm" fw={600}>
            {name}
          </Text>
        </Link>
        {contact.tags.length === 0 ? null : (
          <Text size="xs" c="dimmed" className="cut" hiddenFrom="xs">
            {contact.tags.join(", ")}
          </Text>
        )}
      </td>
      {columns.map(({ key, show }) => (
        <td key={key} className="cut">
          {show(contact)}
        </td>
      ))}
    </tr>
  );
}
