import type { ChannelPorts } from "../../engine/channel-type.ts";
import type { Attachment } from "../../model/message.ts";
import type { EmailSettings } from "./email-settings.ts";
import { cleanFileName, isUnwelcome, mimeTypeOf } from "./file-type.ts";

/** A file that goes along with a mail. */
export interface MailFile {
  readonly name: string;
  readonly mimeType: string;
  readonly bytes: Uint8Array;
  /** Pictures are shown where they stand: by this id. RFC 2392 */
  readonly contentId: string | undefined;
}

/** After so long no further file is begun. */
const patienceMs = 20_000;

/** The files of a mail that go along; those that are not in it stay links. */
export type MailFiles = ReadonlyMap<Attachment, MailFile>;

/**
 * Fetches the files of a message, in their order, as long as there is room. What is too large, cannot be had or would have the mail refused stays a link:
 * a mail with a link is better than none.
 */
export async function fetchFiles(
  attachments: readonly Attachment[],
  settings: Pick<EmailSettings, "attachUpTo" | "attachImages">,
  { fetchFile }: Pick<ChannelPorts, "fetchFile">,
): Promise<MailFiles> {
  const files = new Map<Attachment, MailFile>();
  // A server that hangs must not hold up the mail, nor the end of the process, once for each of its files.
  const deadline = performance.now() + patienceMs;
  let room = Math.floor(settings.attachUpTo * 1_048_576);
  for (const attachment of attachments) {
    const { kind, url, name } = attachment;
    if (url === undefined || room <= 0 || (kind === "image" && !settings.attachImages)) continue;
    if (performance.now() > deadline) break;
    const fetched = await fetchFile(url, { maxBytes: room });
    if (fetched === undefined || fetched.bytes.byteLength === 0) continue;
    const mimeType = mimeTypeOf(fetched.mimeType, fetched.bytes);
    const clean = cleanFileName(name ?? nameOf(url) ?? "", mimeType);
    if (isUnwelcome(clean, fetched.bytes)) continue;
    const isPicture = kind === "image" && mimeType.startsWith("image/");
    const contentId = isPicture ? `file${files.size + 1}@repartee` : undefined;
    files.set(attachment, { name: clean, mimeType, bytes: fetched.bytes, contentId });
    room -= fetched.bytes.byteLength;
  }
  return files;
}

/** What an address calls the file behind it. Undefined: nothing. */
export function nameOf(url: string): string | undefined {
  const last = URL.canParse(url) ? new URL(url).pathname.split("/").at(-1) : undefined;
  if (last === undefined || last === "") return undefined;
  try {
    return decodeURIComponent(last);
  } catch {
    // Not every percent sign begins an escape.
    return last;
  }
}
