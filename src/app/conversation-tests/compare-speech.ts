import { compilePattern } from "../../engine/pattern.ts";
import type { MessageContent } from "../../model/message.ts";
import type { ExpectedMessage, Line } from "./conversation-file.ts";

type ExpectedSpeech = NonNullable<Line["bot"]>;

/** A difference, line by line: `-` was expected, `+` was said. Undefined: all is as expected. */
export function compareSpeech(
  expected: ExpectedSpeech,
  said: readonly MessageContent[],
): readonly string[] | undefined {
  const isOpen = typeof expected === "object" && !Array.isArray(expected);
  const wanted = expected === "nothing" ? [] : isOpen ? expected.some : expected;
  const steps = align(wanted, said);
  const isMet = steps.every(({ wish, message }) => (wish !== undefined ? message !== undefined : isOpen));
  if (isMet) return undefined;
  if (said.length === 0) return ["the bot said nothing", ...mark("-", wanted.flatMap(describeWish))];
  if (wanted.length === 0) return ["the bot should have said nothing", ...mark("+", said.flatMap(describeMessage))];
  return ["the bot said something else", ...steps.flatMap(({ wish, message }) => show(wish, message))];
}

function show(wish: ExpectedMessage | undefined, message: MessageContent | undefined): readonly string[] {
  if (wish === undefined) return mark("+", message === undefined ? [] : describeMessage(message));
  return message === undefined ? mark("-", describeWish(wish)) : mark(" ", describeMessage(message));
}

interface Aligned {
  readonly wish?: ExpectedMessage;
  readonly message?: MessageContent;
}

/** Pairs as many as can be, in order; what has no partner stands alone, expected before said. */
function align(wanted: readonly ExpectedMessage[], said: readonly MessageContent[]): readonly Aligned[] {
  const meets = wanted.map((wish) => said.map((message) => isMet(wish, message)));
  const longest: number[][] = Array.from(
    { length: wanted.length + 1 },
    () => Array(said.length + 1).fill(0) as number[],
  );
  const at = (row: number, column: number) => longest[row]?.[column] ?? 0;
  for (let row = wanted.length - 1; row >= 0; row -= 1) {
    for (let column = said.length - 1; column >= 0; column -= 1) {
      const paired = meets[row]?.[column] === true ? at(row + 1, column + 1) + 1 : 0;
      (longest[row] as number[])[column] = Math.max(paired, at(row + 1, column), at(row, column + 1));
    }
  }
  const steps: Aligned[] = [];
  let [row, column] = [0, 0];
  while (row < wanted.length || column < said.length) {
    const wish = wanted[row];
    const message = said[column];
    if (
      wish !== undefined &&
      message !== undefined &&
      meets[row]?.[column] &&
      at(row, column) === at(row + 1, column + 1) + 1
    ) {
      steps.push({ wish, message });
      row += 1;
      column += 1;
    } else if (wish !== undefined && (message === undefined || at(row + 1, column) >= at(row, column + 1))) {
      steps.push({ wish });
      row += 1;
    } else {
      if (message !== undefined) steps.push({ message });
      column += 1;
    }
  }
  return steps;
}

function isMet(wish: ExpectedMessage, message: MessageContent): boolean {
  const text = message.text ?? "";
  if (typeof wish === "string") return tidy(wish) === tidy(text);
  const { contains = [], matches, buttons, attachments } = wish;
  const parts = typeof contains === "string" ? [contains] : contains;
  const pattern = matches === undefined ? undefined : compilePattern(matches, { ignoreCase: false });
  return (
    (wish.text === undefined || tidy(wish.text) === tidy(text)) &&
    parts.every((part) => text.includes(part)) &&
    (pattern === undefined || (pattern.ok && pattern.test(text))) &&
    (buttons === undefined || areButtons(buttons, message)) &&
    (attachments === undefined || areAttachments(attachments, message))
  );
}

/** A block of YAML ends in a newline that no message has. */
const tidy = (text: string) => text.trimEnd();

function areButtons(wanted: readonly string[], message: MessageContent): boolean {
  const shown = choicesOf(message);
  return (
    wanted.length === shown.length &&
    wanted.every((title, index) => title === shown[index]?.title || title === shown[index]?.shown)
  );
}

function areAttachments(wanted: readonly string[], { attachments }: MessageContent): boolean {
  return (
    wanted.length === attachments.length &&
    wanted.every((one, index) => one === attachments[index]?.kind || one === toLine(attachments[index]))
  );
}

const toLine = (attachment: MessageContent["attachments"][number] | undefined) =>
  `${attachment?.kind} ${attachment?.url ?? attachment?.name ?? ""}`.trimEnd();

/** What can be chosen under a message. `payload` is absent where a page would open. */
export function choicesOf({ buttons, quickReplies }: MessageContent) {
  return [
    ...buttons.map((button) =>
      button.type === "press"
        ? { title: button.title, shown: button.title, payload: button.payload }
        : { title: button.title, shown: `${button.title} > ${button.url}`, payload: undefined },
    ),
    ...quickReplies.map(({ title, payload }) => ({ title, shown: title, payload })),
  ];
}

function describeMessage(message: MessageContent): readonly string[] {
  const choices = choicesOf(message).map(({ shown }) => `[${shown}]`);
  return [
    ...(message.text === undefined ? [] : message.text.split("\n")),
    ...message.attachments.map((attachment) => `<${toLine(attachment)}>`),
    ...(choices.length === 0 ? [] : [choices.join(" ")]),
  ];
}

function describeWish(wish: ExpectedMessage): readonly string[] {
  if (typeof wish === "string") return tidy(wish).split("\n");
  const { text, contains = [], matches, buttons, attachments } = wish;
  const parts = typeof contains === "string" ? [contains] : contains;
  return [
    ...(text === undefined ? [] : tidy(text).split("\n")),
    ...parts.map((part) => `(a text that contains "${part}")`),
    ...(matches === undefined ? [] : [`(a text that matches /${matches}/)`]),
    ...(attachments ?? []).map((attachment) => `<${attachment}>`),
    ...(buttons === undefined
      ? []
      : [buttons.length === 0 ? "(no buttons)" : buttons.map((one) => `[${one}]`).join(" ")]),
  ];
}

const mark = (sign: string, lines: readonly string[]) => lines.map((line) => `  ${sign} ${line}`);
