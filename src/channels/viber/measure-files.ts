import type { ChannelPorts } from "../../engine/channel-type.ts";
import type { Attachment, MessageContent } from "../../model/message.ts";

/** The same content with the sizes of its videos and files, which Viber has to be told. Where a server does not say, the size stays unknown. */
export async function measureFiles(
  content: MessageContent,
  ports: Pick<ChannelPorts, "outbound">,
): Promise<MessageContent> {
  const attachments = await Promise.all(content.attachments.map((file) => measure(file, ports)));
  return { ...content, attachments };
}

async function measure(file: Attachment, { outbound }: Pick<ChannelPorts, "outbound">): Promise<Attachment> {
  const { kind, url, size } = file;
  if ((kind !== "video" && kind !== "file") || url === undefined || size !== undefined) return file;
  const result = await outbound({ method: "HEAD", url, maxRedirects: 3, timeoutMs: 5_000 });
  if (result.kind !== "ok" || result.status !== 200) return file;
  const bytes = Number(result.headers["content-length"] ?? "");
  return Number.isSafeInteger(bytes) && bytes > 0 ? { ...file, size: bytes } : file;
}
