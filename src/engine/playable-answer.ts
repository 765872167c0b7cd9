import type { ActionCall } from "../model/action-call.ts";
import type { BotSnapshot } from "../model/world.ts";
import { readChatbotAnswer } from "./chatbot-answer.ts";
import { toAttributeCalls } from "./chatbot-attribute-calls.ts";
import { type ContentLookup, dynamicContentSchema, toContentCalls } from "./dynamic-content.ts";
import { parseNodeNs } from "./node-ns.ts";

/** What an answer wants said and done, as action calls, and what of it cannot be, as sentences. An answer in no form that is known wants nothing. */
export function readPlayable(
  body: string,
  bot: BotSnapshot,
): { readonly actions: readonly ActionCall[]; readonly problems: readonly string[] } {
  const json = parseJson(body);
  const isDynamic = typeof json === "object" && json !== null && "version" in json && "content" in json;
  if (!isDynamic) return readOfChatbot(body, bot);
  const parsed = dynamicContentSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { actions: [], problems: [`${issue?.path.join(".") ?? ""} ${issue?.message ?? "does not fit"}`.trim()] };
  }
  const { calls, problems } = toContentCalls(parsed.data.content, lookUpIn(bot));
  return { actions: calls, problems: problems.map(({ message }) => message) };
}

/** Only what has a field is kept: a decision makes none. */
function readOfChatbot(body: string, { fields }: BotSnapshot): ReturnType<typeof readPlayable> {
  const { messages, attributes, problems } = readChatbotAnswer(body);
  const kept = toAttributeCalls(attributes, [...new Set(fields.values())]);
  return { actions: [...kept.actions, ...messages], problems: [...kept.problems, ...problems] };
}

function lookUpIn(bot: BotSnapshot): ContentLookup {
  const flows = [...bot.flows.values()].sort((a, b) => a.id - b.id);
  return {
    hasTag: (name) => bot.tags.has(name),
    findNode(nameOrNs) {
      const place = parseNodeNs(nameOrNs);
      if (place !== undefined && place.bot === bot.id) {
        const flow = flows.find(({ id }) => id === place.flowId);
        return flow?.steps.has(place.step) === true ? { flow: flow.ref, step: place.step } : undefined;
      }
      const wanted = nameOrNs.trim().toLowerCase();
      for (const flow of flows) {
        for (const step of flow.steps.values()) {
          if (step.ref === nameOrNs || step.name?.trim().toLowerCase() === wanted)
            return { flow: flow.ref, step: step.ref };
        }
      }
      return undefined;
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
