import type { z } from "zod";
import { AppError } from "../../model/app-error.ts";
import type { ConditionGroup } from "../../model/condition.ts";
import type { Contact } from "../../model/contact.ts";
import { say } from "../../model/sentence.ts";
import { type ContactPlace, countContactPart, listContactPlaces } from "../../store/contact-list-store.ts";
import { loadVisibleContacts } from "../../store/contact-store.ts";
import type { SegmentQuestion } from "../../store/segment-member-store.ts";
import { requireSegment } from "../../store/segment-store.ts";
import type { Access } from "../../store/workspace-store.ts";
import { pageOf } from "../contract/common.ts";
import {
  type ContactRowBody,
  type contactAskShape,
  contactCountPartSchema,
  contactCountSchema,
  contactRowSchema,
  contactSearchSchema,
} from "../contract/contact-lists.ts";
import type { HttpDependencies } from "../dependencies.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { narrowToBot } from "./narrow-to-bot.ts";
import { presentContact, presentPositions } from "./present-contact.ts";
import { type ApiResource, route } from "./route.ts";
import { readCondition } from "./segments.ts";

type Ask = { readonly [K in keyof typeof contactAskShape]?: z.output<(typeof contactAskShape)[K]> };

/** What is asked, as the store takes it. Throws `segment.not_found`, `segment.bad_condition`, `bot.not_found`. */
export async function toQuestion(
  { db, now }: Pick<HttpDependencies, "db" | "now">,
  caller: Access,
  { q, segment, condition, bot }: Ask,
): Promise<SegmentQuestion> {
  const rules: ConditionGroup["rules"] = [];
  let { workspaceId, botId } = await narrowToBot(db, caller, bot === undefined ? undefined : String(bot));
  if (segment !== undefined) {
    const found = await requireSegment(db, caller, segment);
    rules.push(found.condition);
    botId ??= found.botId ?? undefined;
  }
  if (condition !== undefined) rules.push(readCondition(condition));
  return { access: { workspaceId, botId }, condition: { match: "all", rules }, search: q, now: now() };
}

const describePlace = ({ id, name }: ContactPlace) => Buffer.from(JSON.stringify([id, name])).toString("base64url");

/** Throws `request.bad_cursor`. */
function readPlace(cursor: string): ContactPlace {
  try {
    const [id, name] = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")) as unknown[];
    if (Number.isSafeInteger(id) && typeof name === "string") return { id: Number(id), name };
  } catch {
    // Said below.
  }
  throw new AppError("request.bad_cursor", say`this is not the cursor of a page; begin again without one`);
}

function presentRow(contact: Contact, now: number): ContactRowBody {
  return { ...presentContact(contact), positions: presentPositions(contact, now) };
}

const read = { tag: "Contacts", scope: "contacts:read" } as const;
/** No request takes longer than a person notices: the rest is the next request's. */
const countForMs = 150;
/** A list reads its contacts after that. */
const lookForMs = 100;

/** Contacts by condition, in pages and as a number: what the table of contacts asks. */
export const contactListResource: ApiResource = (app, dependencies) => {
  const { db, now } = dependencies;
  app.post(
    "/contacts/search",
    route(
      {
        ...read,
        id: "searchContacts",
        summary: "Find contacts by a condition, a segment, a part of what they are called",
        description:
          "Changes nothing. Pages come by `cursor`; two pages overlap where contacts are renamed meanwhile. Where each contact has to be looked at (a pattern, a template), a page ends after a tenth of a second and may hold fewer than `limit`, or nobody: ask on until `nextCursor` is null.",
      },
      { body: contactSearchSchema },
      pageOf(contactRowSchema),
    ),
    async ({ caller, body: { order, limit, cursor, ...ask } }) => {
      const question = await toQuestion(dependencies, caller, ask);
      const after = cursor === undefined ? undefined : readPlace(cursor);
      const { places, next } = await listContactPlaces(db, question, { order, after, limit, forMs: lookForMs });
      const ids = places.map(({ id }) => id);
      const contacts = await loadVisibleContacts(db, question.access, ids);
      const at = now();
      return {
        data: contacts.map((contact) => presentRow(contact, at)),
        nextCursor: next === undefined ? null : describePlace(next),
      };
    },
  );
  app.post(
    "/contacts/count",
    route(
      {
        ...read,
        id: "countContacts",
        summary: "Count contacts by a condition, a segment, a part of what they are called",
        description:
          "Changes nothing. What takes longer is counted in parts, so that whoever waits sees how far it is.",
      },
      { body: contactCountSchema },
      contactCountPartSchema,
    ),
    async ({ caller, body: { cursor, ...ask } }) => {
      const question = await toQuestion(dependencies, caller, ask);
      const after = decodeCursor(cursor)?.[0] ?? 0;
      const { count, share, upTo } = await countContactPart(db, question, { after, forMs: countForMs });
      return { count, share, nextCursor: upTo === undefined ? null : encodeCursor([upTo]) };
    },
  );
};
