import { z } from "zod";
import { changeKinds } from "../../model/conversation.ts";
import { idSchema, instantSchema } from "./common.ts";
import { contactParams, noteSchema } from "./contacts.ts";
import { messageSchema } from "./messages.ts";

const by = z.number().nullable().describe("The member who did it; null: a flow or another system.");
const at = instantSchema;

/** What a conversation shows, in the order of time. */
export const conversationEntrySchema = z
  .discriminatedUnion("kind", [
    z.object({ kind: z.literal("message"), at, by, message: messageSchema }),
    z.object({ kind: z.literal("note"), at, by, note: noteSchema }),
    z.object({
      kind: z.literal("mention"),
      at,
      by,
      id: z.number(),
      agent: z.number().describe("The member who was mentioned."),
      comment: z.string(),
      flow: z.string().nullable().describe("Ref of the flow that did it."),
      seenAt: instantSchema.nullable(),
    }),
    z.object({
      kind: z.literal("change"),
      at,
      by,
      id: z.string(),
      source: z.string(),
      fact: z.looseObject({ kind: z.enum(changeKinds) }),
    }),
  ])
  .meta({ id: "ConversationEntry" });
export type ConversationEntryBody = z.infer<typeof conversationEntrySchema>;

export const noteParams = contactParams.extend({ note: idSchema });

export const seenSchema = z.object({ seen: z.number().describe("How many mentions were new to the member.") });

export const renderSchema = z.strictObject({ template: z.string().max(20_000) });
export const renderedSchema = z.object({
  text: z.string(),
  problem: z.string().nullable().describe("Why the template says nothing."),
});

export const presenceStates = ["looking", "writing", "left"] as const;
export const presenceSchema = z.strictObject({ state: z.enum(presenceStates) });
