import type { Generated, GeneratedAlways } from "kysely";
import type { AuditActorKind, AuditChange, AuditKind } from "../model/audit.ts";
import type { MemberRole } from "../model/conversation.ts";
import type { Json } from "../model/field.ts";
import type { JsonColumn, NullableJsonColumn, NullableTimestamp, Timestamp } from "./column-types.ts";
import type { TokenKind } from "./token-kinds.ts";

/** Workspaces, their people and how these sign in, tokens, and who changed what. */
export interface AccountTables {
  workspaces: {
    id: Generated<number>;
    domain: string;
    name: string;
    timeZone: Generated<string>;
    auditDays: Generated<number>;
    needsSecondFactor: Generated<boolean>;
    assignsOnReply: Generated<boolean>;
    revision: Generated<number>;
    createdAt: Timestamp;
    /** Its rows are being taken away; there is none for anybody. */
    deletedAt: NullableTimestamp;
  };
  users: {
    id: Generated<number>;
    email: string;
    name: Generated<string>;
    passwordHash: string | null;
    /** Of the admin's pages, as the person has them; null: not known. */
    language: Generated<string | null>;
    createdAt: Timestamp;
  };
  members: { id: Generated<number>; workspaceId: number; userId: number; role: MemberRole; createdAt: Timestamp };
  sessions: {
    id: Generated<number>;
    userId: number;
    hash: string;
    userAgent: string;
    createdAt: Timestamp;
    seenAt: Timestamp;
    provenAt: NullableTimestamp;
    isCookiePrefixed: Generated<boolean>;
    expiresAt: Timestamp;
  };
  secondFactors: {
    userId: number;
    sealed: string;
    createdAt: Date;
    confirmedAt: Date | null;
    lastStep: Generated<number>;
    recoverySalt: Generated<string>;
    hasAuthenticator: Generated<boolean>;
  };
  passkeys: {
    id: Generated<number>;
    userId: number;
    name: string;
    credentialId: string;
    publicKey: string;
    counter: number;
    transports: string[];
    isSynced: boolean;
    createdAt: Date;
    lastUsedAt: Date | null;
  };
  passkeyChallenges: { hash: string; userId: number | null; expiresAt: Date };
  recoveryCodes: { userId: number; hash: string; usedAt: Date | null };
  passwordResets: { userId: number; hash: string | null; askedAt: Date; expiresAt: Date };
  emailChanges: { userId: number; email: string; hash: string; askedAt: Date; expiresAt: Date };
  formerEmails: { userId: number; email: string; changedAt: Date };
  invitations: {
    id: Generated<number>;
    workspaceId: number;
    email: string;
    role: MemberRole;
    hash: string;
    invitedBy: number | null;
    createdAt: Timestamp;
    expiresAt: Timestamp;
    acceptedAt: NullableTimestamp;
  };
  signInTries: { key: string; count: number; since: Timestamp };
  tokens: {
    id: Generated<number>;
    workspaceId: number;
    botId: number | null;
    kind: TokenKind;
    name: Generated<string>;
    hash: string;
    hint: string;
    scopes: string[];
    createdAt: Timestamp;
    lastUsedAt: NullableTimestamp;
    revokedAt: NullableTimestamp;
    expiresAt: Date | null;
  };
  auditLog: {
    id: GeneratedAlways<number>;
    workspaceId: number;
    at: Date;
    actorKind: AuditActorKind;
    actorId: number | null;
    actorName: string;
    operation: string;
    kind: AuditKind;
    ref: string | null;
    name: string | null;
    address: string;
    changes: JsonColumn<readonly AuditChange[]>;
  };
  idempotencyKeys: {
    caller: string;
    key: string;
    fingerprint: string;
    status: number | null;
    body: NullableJsonColumn<Json>;
    createdAt: Timestamp;
  };
}
