import { toError } from "../../engine/to-error.ts";
import { parseFieldValue } from "../../engine/values.ts";
import type { Contact, Profile } from "../../model/contact.ts";
import { profileKeys } from "../../model/contact.ts";
import type { Happening } from "../../model/event.ts";
import type { FieldValue, Json } from "../../model/field.ts";
import type { MessageContent } from "../../model/message.ts";
import type { ScriptRun } from "../../model/script.ts";
import type { BotSnapshot } from "../../model/world.ts";
import type { RunScript } from "../../shell/scripts/script-pool.ts";
import { inventContact } from "../../simulator/invent-contact.ts";
import { BrokenStep } from "../../simulator/observe-advance.ts";
import { Simulation, type SimulationOptions, type Turn, type WaitingJob } from "../../simulator/simulation.ts";
import type { BotFile } from "../../store/bot-file.ts";
import { renderTurn } from "../simulator/render-turn.ts";
import { Answers, describeRequest, toJobResult } from "./answers.ts";
import { botOfFile, channelId } from "./bot-of-file.ts";
import { compareCheck } from "./compare-check.ts";
import { choicesOf, compareSpeech } from "./compare-speech.ts";
import { type Conversation, type ConversationFile, happeningKeys, type Line } from "./conversation-file.ts";
import { prepareGoods } from "./goods.ts";
import { parseMoment, parseSpan, standardStart } from "./moment.ts";

/** What came of a conversation. */
export interface Played {
  /** All that was said and done, a line each, up to the end or to the failure. */
  readonly transcript: readonly string[];
  /** Absent: everything was as expected. */
  readonly failure?: Failure;
}

interface Failure {
  /** Index of the line in the script at which it went wrong; absent: before the first. */
  readonly index?: number;
  /** What happened on that line. */
  readonly happening: string;
  /** What is not as expected, a line each. */
  readonly reasons: readonly string[];
}

/** The line cannot be played as it is written; `message` says why. */
class Unplayable extends Error {}

interface PlayOptions {
  readonly botFile: BotFile;
  readonly file: ConversationFile;
  readonly conversation: Conversation;
  /** In the place of the seed that the file gives. */
  readonly seed?: number | undefined;
  readonly runScript: RunScript;
}

/** Plays one conversation from its beginning until a line is not as expected. What breaks on the way (a bug) fails this conversation, and no other. */
export async function playConversation(options: PlayOptions): Promise<Played> {
  const transcript: string[] = [];
  const opened = await attempt(() => openStage(options));
  if ("reasons" in opened) {
    return { transcript, failure: { happening: "-- before the first line", reasons: opened.reasons } };
  }
  for (const [index, line] of options.conversation.script.entries()) {
    const happening = describeHappening(line);
    transcript.push(happening);
    const played = await attempt(() => playLine(opened.value, line, transcript));
    const reasons = "reasons" in played ? played.reasons : played.value;
    if (reasons.length > 0) return { transcript, failure: { index, happening, reasons } };
  }
  return { transcript };
}

async function attempt<T>(act: () => Promise<T>): Promise<{ readonly value: T } | { readonly reasons: string[] }> {
  try {
    return { value: await act() };
  } catch (thrown) {
    return { reasons: thrown instanceof Unplayable ? [thrown.message] : describeBreak(thrown) };
  }
}

/** With the first places of the stack: whoever looks into it needs them. */
function describeBreak(thrown: unknown): string[] {
  const cause = toError(thrown instanceof BrokenStep ? thrown.cause : thrown);
  const where = thrown instanceof BrokenStep ? ` in the step ${thrown.flow}/${thrown.step}` : "";
  const stack = (cause.stack ?? "").split("\n").filter((line) => line.trimStart().startsWith("at "));
  return [`the engine broke${where}: ${cause.message}`, ...stack.slice(0, 3)];
}

async function openStage(options: PlayOptions): Promise<Stage> {
  const stage = await setStage(options);
  // Who is in a sequence from the beginning waits for its first step.
  for (const sequence of stage.simulation.contact.sequences) {
    await stage.simulation.handle({ kind: "sequence_changed", sequence });
  }
  return stage;
}

interface Stage {
  readonly simulation: Simulation;
  readonly bot: BotSnapshot;
  readonly zone: string;
  readonly answers: Answers;
  readonly shown: MessageContent[];
  readonly requests: string[];
  /** Steps that asked and got no answer. */
  readonly unanswered: WaitingJob[];
}

async function setStage({ botFile, file, conversation, seed: forced, runScript }: PlayOptions): Promise<Stage> {
  const channel = conversation.channel ?? file.channel ?? "webchat";
  const seed = forced ?? conversation.seed ?? file.seed ?? 1;
  const bot = botOfFile(botFile, file, channel);
  const zone = conversation.contact?.timeZone ?? file.contact?.timeZone ?? file.timeZone;
  const at = parseMoment(conversation.at ?? file.at ?? standardStart, zone) ?? Number.NaN;
  const answers = new Answers(conversation.answers, file.answers);
  const requests: string[] = [];
  const unanswered: WaitingJob[] = [];
  const given = { ...variablesOf(botFile), ...conversation.variables } as Readonly<Record<string, FieldValue>>;
  const options: SimulationOptions = {
    bot,
    contact: { ...placeContact(bot, file, conversation, { channel, at }), cuid: `test-${seed}` },
    variables: given,
    channelId,
    isNew: conversation.contact === undefined && file.contact === undefined,
    at,
    seed,
    answerJob: async (job) => {
      if (job.kind === "external-request") requests.push(describeRequest(job));
      const answer = answers.take(job.position);
      if (answer !== undefined) return toJobResult(job.kind, answer);
      if (job.kind === "run-script") {
        return (await runScript(job.position.state as unknown as ScriptRun)) as unknown as Json;
      }
      unanswered.push(job);
      return undefined;
    },
  };
  const { goods, refused } = await prepareGoods(options, file.products, conversation.contact ?? file.contact);
  if (refused.length > 0) throw new Unplayable(refused.join("; "));
  const simulation = new Simulation({ ...options, goods });
  return { simulation, bot, zone, answers, shown: [], requests, unanswered };
}

const variablesOf = ({ variables }: BotFile) =>
  Object.fromEntries(variables.flatMap(({ key, value = null }) => (value === null ? [] : [[key, value]])));

function placeContact(
  bot: BotSnapshot,
  file: ConversationFile,
  conversation: Conversation,
  { channel, at }: { readonly channel: string; readonly at: number },
): Contact {
  const invented = inventContact({ botId: bot.id, channelId, channelKind: channel, at });
  const given = conversation.contact ?? file.contact;
  if (given === undefined) return invented;
  const profile: Profile = Object.fromEntries(
    profileKeys.flatMap((key) => (given[key] === undefined ? [] : [[key, given[key]]])),
  );
  const { username, tags, labels, sequences, splits } = given;
  return {
    ...invented,
    profile,
    tags,
    labels,
    sequences,
    fields: Object.fromEntries(
      Object.entries(given.fields).flatMap(([name, raw]) => {
        const field = bot.fields.get(name);
        const parsed = field === undefined ? undefined : parseFieldValue(field.kind, raw);
        return parsed?.ok === true && field !== undefined ? [[field.key, parsed.value]] : [];
      }),
    ),
    splits: Object.fromEntries(Object.entries(splits).map(([place, branch]) => [place.replace("/", ":"), branch])),
    identities: invented.identities.map((identity) => ({ ...identity, username })),
  };
}

/** What is not as expected on this line. */
async function playLine(stage: Stage, line: Line, transcript: string[]): Promise<readonly string[]> {
  const { simulation, bot, requests, unanswered, shown } = stage;
  requests.length = 0;
  unanswered.length = 0;
  if (line.answers !== undefined) stage.answers.add(line.answers);
  const turns = await happen(stage, line);
  const said = turns.flatMap(({ messages }) => messages.map(({ content }) => content));
  shown.push(...said);
  transcript.push(...renderTurns(turns));
  const facts = turns.flatMap((turn) => turn.facts);
  return [
    ...unanswered.map(describeUnanswered),
    ...compareRefusal(line, turns),
    ...((line.bot === undefined ? undefined : compareSpeech(line.bot, said)) ?? []),
    ...compareCheck(line.check, simulation, bot, { facts, requests }),
  ];
}

function renderTurns(turns: readonly Turn[]): readonly string[] {
  let choices = 1;
  return turns.flatMap((turn) => {
    const lines = renderTurn(turn, choices);
    choices += turn.messages.reduce((sum, { content }) => sum + choicesOf(content).length, 0);
    return lines;
  });
}

function describeUnanswered({ kind, position: { flow, step } }: WaitingJob): string {
  const sample = kind === "external-request" ? "status: 200, body: {}" : "result: {}";
  return `the step "${step}" of the flow "${flow}" asks another system, and the file has no answer for it: add "answers: [{ step: ${flow}/${step}, ${sample} }]" to this line, the conversation or the file`;
}

function compareRefusal({ refused }: Line, turns: readonly Turn[]): string[] {
  const reasons = turns.flatMap((turn) => turn.refused ?? []);
  if (refused === undefined) return reasons.map((reason) => `it was refused: ${reason}`);
  if (reasons.some((reason) => reason.includes(refused))) return [];
  return [`expected to be refused with "${refused}"; ${reasons.length === 0 ? "it was done" : reasons.join("; ")}`];
}

/** The keys that schemas let stand together are read by the first of them. */
const takers: {
  readonly [K in (typeof happeningKeys)[number]]: (stage: Stage, line: Line) => Promise<readonly Turn[]>;
} = {
  start: ({ simulation }, { start }) => simulation.handle({ kind: "start", payload: start ?? undefined }),
  link: ({ simulation, bot }, { link = "" }) =>
    simulation.handle({ kind: "start", payload: bot.entryLinks.get(link)?.payload ?? link }),
  say: ({ simulation }, line) => simulation.handle(toMessage(line.say, line)),
  send: ({ simulation }, line) => simulation.handle(toMessage(line.say, line)),
  // As channels hand it on: a number or a place is a text.
  share: ({ simulation }, line) => {
    const { share } = line;
    const shared = share !== undefined && "phone" in share ? share.phone : `${share?.latitude}, ${share?.longitude}`;
    return simulation.handle(toMessage(shared, line));
  },
  press: ({ simulation, shown }, { press = "" }) => simulation.handle(findButton(shown, press)),
  after: ({ simulation }, { after = "" }) => simulation.jump(parseSpan(after) ?? Number.NaN),
  at: ({ simulation, zone }, { at = "" }) => {
    const wait = (parseMoment(at, zone) ?? Number.NaN) - simulation.now;
    if (wait < 0) {
      throw new Unplayable(
        `the clock stands at ${new Date(simulation.now).toISOString()} already and only goes forward`,
      );
    }
    return simulation.jump(wait);
  },
  do: ({ simulation }, { do: calls = [] }) => simulation.handle({ kind: "actions", actions: calls }),
  event: ({ simulation }, { event = "" }) => {
    const { name, ...values } = typeof event === "string" ? { name: event } : event;
    return simulation.handle({ kind: "actions", actions: [{ action: "log_event", args: { event: name, ...values } }] });
  },
  block: ({ simulation }) => simulation.handle({ kind: "blocked" }),
  unblock: ({ simulation }) => simulation.handle({ kind: "unblocked" }),
};

async function happen(stage: Stage, line: Line): Promise<readonly Turn[]> {
  const key = happeningKeys.find((one) => line[one] !== undefined);
  if (key === undefined) throw new Unplayable("nothing happens on this line");
  return await takers[key](stage, line);
}

function toMessage(text: string | undefined, { send = [] }: Line): Happening {
  return { kind: "message", message: { ...(text === undefined ? {} : { text }), attachments: send } };
}

function findButton(shown: readonly MessageContent[], title: string): Happening {
  const choices = shown.flatMap(choicesOf);
  const found = choices.findLast((choice) => choice.title === title && choice.payload !== undefined);
  if (found?.payload !== undefined) return { kind: "button", payload: found.payload, title };
  if (choices.some((choice) => choice.title === title)) {
    throw new Unplayable(`"${title}" opens a page: nothing of that comes back to the bot`);
  }
  const titles = [...new Set(choices.flatMap((choice) => (choice.payload === undefined ? [] : [`"${choice.title}"`])))];
  throw new Unplayable(
    `no message so far has a button "${title}"; ${titles.length === 0 ? "there is none" : `there are ${titles.join(", ")}`}`,
  );
}

function describeHappening(line: Line): string {
  if (line.after !== undefined) return `-- ${line.after} later`;
  if (line.at !== undefined) return `-- at ${line.at}`;
  if (line.press !== undefined) return `you: [${line.press}]`;
  if (line.start !== undefined) return `-- the chat is opened${line.start === null ? "" : ` with ${line.start}`}`;
  if (line.link !== undefined) return `-- the chat is opened by the link ${line.link}`;
  if (line.block || line.unblock) return `-- the bot is ${line.block ? "blocked" : "unblocked"}`;
  if (line.do !== undefined)
    return `-- ${line.do.map(({ action, args }) => `${action} ${JSON.stringify(args)}`).join(", ")}`;
  if (line.event !== undefined) return `-- event ${typeof line.event === "string" ? line.event : line.event.name}`;
  const files = (line.send ?? []).map(({ kind, url }) => `<${kind}${url === undefined ? "" : ` ${url}`}>`);
  const shared = line.share === undefined ? [] : [JSON.stringify(line.share)];
  return `you: ${[...files, ...shared, ...(line.say === undefined ? [] : [line.say])].join(" ")}`;
}
