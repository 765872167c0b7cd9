import type { TFunction } from "i18next";
import { type AuditEntryBody, isAudited } from "../../../src/http/contract/audit-log.ts";
import { commandLine } from "../../../src/model/audit.ts";

/** What was done, in words; what an older server wrote and this one has no words for, as it is. */
export function describeOperation(t: TFunction, operation: string): string {
  return isAudited(operation) ? t(`audit.operations.${operation}`) : operation;
}

export function describeThing(t: TFunction, { kind, ref, name }: AuditEntryBody["subject"]): string {
  const called = name ?? (ref === null ? undefined : `№ ${ref}`);
  return called === undefined ? t(`audit.kinds.${kind}`) : `${t(`audit.kinds.${kind}`)}: ${called}`;
}

export function describeActor(t: TFunction, { actor, address }: Pick<AuditEntryBody, "actor" | "address">): string {
  const { kind, name } = actor;
  if (kind === "nobody") return t(address === commandLine ? "audit.commandLine" : "audit.nobody");
  if (kind === "token") return t("audit.token", { name });
  // Their account was deleted.
  return name === "" ? t("inbox.formerMember") : name;
}
