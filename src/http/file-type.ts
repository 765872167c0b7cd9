import type { MediaKind } from "../model/message.ts";

/** A file's first bytes tell what it is; a name or a header would be somebody's word for it. */
const signatures: readonly { readonly type: string; readonly at?: number; readonly bytes: readonly number[] }[] = [
  { type: "image/png", bytes: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] },
  { type: "image/jpeg", bytes: [0xff, 0xd8, 0xff] },
  { type: "image/gif", bytes: ascii("GIF8") },
  { type: "image/webp", at: 8, bytes: ascii("WEBP") },
  { type: "audio/wav", at: 8, bytes: ascii("WAVE") },
  { type: "audio/mp4", at: 4, bytes: ascii("ftypM4A") },
  { type: "video/mp4", at: 4, bytes: ascii("ftyp") },
  { type: "video/webm", bytes: [0x1a, 0x45, 0xdf, 0xa3] },
  { type: "audio/ogg", bytes: ascii("OggS") },
  { type: "audio/mpeg", bytes: ascii("ID3") },
  { type: "audio/mpeg", bytes: [0xff, 0xfb] },
  { type: "application/pdf", bytes: ascii("%PDF-") },
];

function ascii(text: string): readonly number[] {
  return [...Buffer.from(text, "latin1")];
}

/** The content type by the first bytes; `application/octet-stream` where they say nothing. */
export function findContentType(bytes: Buffer): string {
  const fits = ({ at = 0, bytes: wanted }: (typeof signatures)[number]) =>
    wanted.every((byte, index) => bytes[at + index] === byte);
  return signatures.find(fits)?.type ?? "application/octet-stream";
}

/** What a file is in a message. */
export function toMediaKind(contentType: string): MediaKind {
  const [family] = contentType.split("/");
  return family === "image" || family === "video" || family === "audio" ? family : "file";
}
