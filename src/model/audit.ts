/** Kinds of things that an entry of the audit log is about. */
export const auditKinds = [
  "flow",
  "channel",
  "bot",
  "broadcast",
  "sequence",
  "entry_link",
  "segment",
  "contact",
  "contacts",
  "import",
  "tag",
  "label",
  "field",
  "variable",
  "secret",
  "integration",
  "webhook",
  "inbound_webhook",
  "token",
  "member",
  "invitation",
  "account",
  "workspace",
  "sales_plan",
  "product",
  "variant",
  "closing_note",
  "saved_reply",
] as const;
export type AuditKind = (typeof auditKinds)[number];

/** Who did it: somebody of the team, a program with a token, or somebody who did not prove who they are (a refused sign-in). */
export const auditActorKinds = ["member", "token", "nobody"] as const;
export type AuditActorKind = (typeof auditActorKinds)[number];

/** In the place of an IP address, of what a command did: whoever runs the server, as nobody of the team. */
export const commandLine = "command line";

/** One setting, before and after; null: there was (or is) none. A secret's values are `maskedValue`, whatever they are. */
export interface AuditChange {
  readonly setting: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Stands in the place of what nobody may read again. */
export const maskedValue = "••••••••";
