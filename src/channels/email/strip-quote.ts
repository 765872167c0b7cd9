/** Lines behind which mail programs put what they answer to, in the languages that they are met in most. */
const introductions = [
  /^On\b.{5,200}\bwrote:$/i,
  /^(?:Le|El|Il|Em)\b.{5,200}(?:écrit|escribió|scritto|escreveu)\s?:$/i,
  /^Am\b.{5,200}\bschrieb\b.{0,200}:$/i,
  /^.{5,200}(?:пишет|написал|написала|написал\(а\)):$/i,
  /^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}.{3,200}:$/,
  /^-{2,}\s*(?:Original Message|Forwarded message|Исходное сообщение|Пересылаемое сообщение|Ursprüngliche Nachricht|Message d'origine)\s*-{2,}$/i,
  /^_{20,}$/,
];
/** The head of a quoted mail as Outlook writes it: two such lines in a row. */
const headLine = /^\*?(?:From|Sent|To|Subject|От|Отправлено|Кому|Тема|Von|Gesendet|An|Betreff)\*?:\s/i;

/** What somebody newly wrote above (or between) what they quote, without their signature. Empty: nothing new was written. */
export function stripQuote(text: string): string {
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  const kept: string[] = [];
  for (const [index, raw] of lines.entries()) {
    const line = raw.trim();
    if (raw.trimEnd() === "--") break;
    if (introduces(line, lines[index + 1]?.trim() ?? "", lines[index + 2]?.trim() ?? "")) {
      // Who answers below the quotation has more to say.
      const rest = lines.slice(index + 1).filter((below) => !below.trim().startsWith(">"));
      const isAbove = !lines.slice(index + 1, index + 4).some((below) => below.trim().startsWith(">"));
      if (isAbove || kept.some((above) => above.trim() !== "")) break;
      return stripQuote(rest.join("\n"));
    }
    if (!line.startsWith(">")) kept.push(raw.trimEnd());
  }
  return kept
    .join("\n")
    .replaceAll(/\n{3,}/g, "\n\n")
    .trim();
}

/** Long introductions are broken into two lines. */
function introduces(line: string, next: string, afterNext: string): boolean {
  if (introductions.some((pattern) => pattern.test(line))) return true;
  if (headLine.test(line) && headLine.test(next)) return true;
  const isBroken =
    /^(?:On|Am|Le|El)\b/.test(line) && next.endsWith(":") && (afterNext.startsWith(">") || afterNext === "");
  return isBroken && introductions.some((pattern) => pattern.test(`${line} ${next}`));
}
