import { z } from "zod";
import type { ChannelPorts } from "../../engine/channel-type.ts";
import type { Attachment, MediaKind, MessageContent } from "../../model/message.ts";
import { callVk, isRefusedContent, type VkAccess, VkCallError } from "./vk.api.ts";

type Ports = Pick<ChannelPorts, "callPlatform" | "outbound">;

/** A file is held in memory while it goes over. */
const largestBytes = 20 * 1_048_576;
/** What was uploaded is used again: a broadcast's picture need not go over for everybody. */
const keepMs = 3_600_000;
const keepCount = 500;

/** Gives files to VK; see `createUploads`. */
export type Upload = (content: MessageContent, to: Target, ports: Ports) => Promise<ReadonlyMap<Attachment, string>>;

interface Target {
  readonly access: VkAccess;
  readonly channelId: number;
  readonly peer: string;
}

/**
 * Gives the files of a message to VK, which shows nothing by its address; what VK or the file's server refuses is left out, for a link. Remembers what was given lately. Throws
 * `VkCallError` where VK itself cannot do it now.
 */
export function createUploads(now: () => number): Upload {
  const kept = new Map<string, { readonly name: string; readonly until: number }>();
  return async (content, target, ports) => {
    const names = new Map<Attachment, string>();
    for (const file of content.attachments) {
      const key = `${target.channelId} ${file.kind} ${file.url}`;
      const known = kept.get(key);
      const name = known !== undefined && known.until > now() ? known.name : await uploadOne(file, target, ports);
      if (name === undefined) continue;
      names.set(file, name);
      kept.delete(key);
      kept.set(key, { name, until: known?.name === name ? known.until : now() + keepMs });
      const [oldest = ""] = kept.keys();
      if (kept.size > keepCount) kept.delete(oldest);
    }
    return names;
  };
}

/** https://dev.vk.com/ru/api/upload/photo-in-message and https://dev.vk.com/ru/api/upload/document-in-profile. */
const ways: Readonly<
  Partial<Record<MediaKind, { readonly server: string; readonly field: string; readonly type?: string }>>
> = {
  image: { server: "photos.getMessagesUploadServer", field: "photo" },
  video: { server: "docs.getMessagesUploadServer", field: "file", type: "doc" },
  file: { server: "docs.getMessagesUploadServer", field: "file", type: "doc" },
  voice: { server: "docs.getMessagesUploadServer", field: "file", type: "audio_message" },
};

async function uploadOne(file: Attachment, { access, peer }: Target, ports: Ports): Promise<string | undefined> {
  const way = ways[file.kind];
  const bytes = way === undefined ? undefined : await download(file, ports);
  if (way === undefined || bytes === undefined) return undefined;
  try {
    const params = { peer_id: peer, ...(way.type === undefined ? {} : { type: way.type }) };
    const { upload_url: url } = await callVk(access, ports, way.server, params, z.object({ upload_url: z.url() }));
    const given = await post(url, way.field, nameOf(file), bytes, ports);
    return file.kind === "image"
      ? await savePhoto(given, access, ports)
      : await saveDocument(given, file, access, ports);
  } catch (error) {
    if (error instanceof VkCallError && isRefusedContent(error)) return undefined;
    // Nothing of the message has gone out yet.
    if (error instanceof VkCallError)
      throw new VkCallError(error.message, error.code === undefined ? {} : { code: error.code });
    throw error;
  }
}

async function download({ url, size }: Attachment, { outbound }: Ports): Promise<Uint8Array | undefined> {
  if (url === undefined || (size ?? 0) > largestBytes) return undefined;
  const result = await outbound({ method: "GET", url, maxBytes: largestBytes, maxRedirects: 3, encoding: "binary" });
  const isThere = result.kind === "ok" && result.status === 200;
  return isThere && result.bytes !== undefined && result.bytes.length > 0 ? result.bytes : undefined;
}

async function post(
  url: string,
  field: string,
  name: string,
  bytes: Uint8Array,
  ports: Ports,
): Promise<Readonly<Record<string, string | number>>> {
  const form = new FormData();
  form.set(field, new Blob([new Uint8Array(bytes)]), name);
  const answer = await ports.callPlatform({ url, body: form, timeoutMs: 60_000 });
  if (answer.kind === "none") throw new VkCallError(`VK's upload server ${answer.message}`);
  const refused = new VkCallError("VK's upload server does not take the file", { code: 100 });
  if (answer.status >= 500) throw new VkCallError(`VK's upload server answered ${answer.status}`);
  const schema = z.record(z.string(), z.union([z.string(), z.number()]));
  const given = schema.safeParse(parse(answer.body)).data;
  if (given === undefined || "error" in given) throw refused;
  return given;
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // Told apart from an answer by being none.
    return undefined;
  }
}

const savedSchema = z.object({ owner_id: z.number(), id: z.number(), access_key: z.string().optional() });
const nameSaved = (kind: string, { owner_id: owner, id, access_key: key }: z.output<typeof savedSchema>) =>
  [`${kind}${owner}_${id}`, ...(key === undefined ? [] : [key])].join("_");

async function savePhoto(given: Readonly<Record<string, string | number>>, access: VkAccess, ports: Ports) {
  const [photo] = await callVk(access, ports, "photos.saveMessagesPhoto", given, z.tuple([savedSchema], savedSchema));
  return nameSaved("photo", photo);
}

async function saveDocument(
  { file = "" }: Readonly<Record<string, string | number>>,
  attachment: Attachment,
  access: VkAccess,
  ports: Ports,
) {
  const schema = z.object({ doc: savedSchema.optional(), audio_message: savedSchema.optional() });
  const params = { file, title: nameOf(attachment) };
  const { doc, audio_message: voice } = await callVk(access, ports, "docs.save", params, schema);
  const saved = voice ?? doc;
  return saved === undefined ? undefined : nameSaved("doc", saved);
}

/** VK goes by the ending of a picture's name. */
function nameOf({ kind, url = "", name }: Attachment): string {
  const last = name ?? (URL.canParse(url) ? new URL(url).pathname.split("/").at(-1) : undefined) ?? "";
  const base = last === "" ? kind : last;
  return kind === "image" && !/\.\w{3,4}$/.test(base) ? `${base}.jpg` : base;
}
