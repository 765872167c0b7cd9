import type { TFunction } from "i18next";

/** What a contact is called where it has not said its name. */
export function nameOf(
  t: TFunction,
  contact: {
    readonly id: number;
    readonly name: string | null;
    readonly email?: string | null;
    readonly phone?: string | null;
  },
): string {
  return contact.name ?? contact.email ?? contact.phone ?? t("contact.number", { id: contact.id });
}
