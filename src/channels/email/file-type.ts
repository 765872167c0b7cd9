/** What a file is, as far as its first bytes tell. */
interface Signature {
  readonly mimeType: string;
  readonly at?: number;
  readonly bytes: string;
}

/** In the order in which they are tried; bytes as Latin-1. */
const signatures: readonly Signature[] = [
  { mimeType: "image/png", bytes: "\x89PNG\r\n\x1a\n" },
  { mimeType: "image/jpeg", bytes: "\xff\xd8\xff" },
  { mimeType: "image/gif", bytes: "GIF8" },
  { mimeType: "image/webp", at: 8, bytes: "WEBP" },
  { mimeType: "audio/wav", at: 8, bytes: "WAVE" },
  { mimeType: "video/x-msvideo", at: 8, bytes: "AVI " },
  { mimeType: "application/pdf", bytes: "%PDF-" },
  { mimeType: "audio/mpeg", bytes: "ID3" },
  { mimeType: "audio/ogg", bytes: "OggS" },
  { mimeType: "audio/flac", bytes: "fLaC" },
  { mimeType: "video/webm", bytes: "\x1a\x45\xdf\xa3" },
  { mimeType: "audio/mp4", at: 4, bytes: "ftypM4A" },
  { mimeType: "video/quicktime", at: 4, bytes: "ftypqt" },
  { mimeType: "video/mp4", at: 4, bytes: "ftyp" },
  { mimeType: "application/zip", bytes: "PK\x03\x04" },
  { mimeType: "application/gzip", bytes: "\x1f\x8b" },
  { mimeType: "application/x-rar-compressed", bytes: "Rar!\x1a\x07" },
  { mimeType: "application/x-7z-compressed", bytes: "7z\xbc\xaf\x27\x1c" },
  { mimeType: "application/msword", bytes: "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" },
];

/** Types that are a container of that form, and say more than it. */
const containers: Readonly<Record<string, RegExp>> = {
  "application/zip":
    /^application\/(?:zip|x-zip-compressed|epub\+zip|vnd\.openxmlformats-officedocument\..+|vnd\.oasis\.opendocument\..+)$/,
  "application/msword": /^application\/(?:msword|vnd\.ms-.+)$/,
  "application/gzip": /^application\/(?:gzip|x-gzip|x-tar|x-gtar)$/,
  "video/webm": /^(?:video\/(?:webm|x-matroska)|audio\/webm)$/,
  "audio/ogg": /^(?:audio|video|application)\/(?:ogg|opus)$/,
  "audio/wav": /^audio\/(?:wav|x-wav|wave|vnd\.wave)$/,
  "video/mp4": /^(?:video\/(?:mp4|3gpp|x-m4v)|audio\/(?:mp4|x-m4a|aac))$/,
  "audio/mpeg": /^audio\/(?:mpeg|mp3)$/,
};

const anything = "application/octet-stream";

/** Pages (a login in place of the file, mostly) and programs: what mail servers refuse whole mails for. */
const refusedStart = /^(?:MZ|\x7fELF|#!|[\s\ufeffï»¿]*<(?:!doctype html|html|head|body|script|svg)\b)/i;
const refusedName =
  /\.(?:exe|com|bat|cmd|scr|pif|msi|jar|js|jse|vbs?|vbe|wsf?|ps1|hta|lnk|cpl|apk|dll|html?|xhtml|svg)$/i;

/** Whether mailboxes would take it for harm: then it is better linked. */
export function isUnwelcome(name: string, bytes: Uint8Array): boolean {
  return refusedName.test(name) || refusedStart.test(startOf(bytes, 200));
}

/** The content type to declare: what the server says, unless the file itself says otherwise. */
export function mimeTypeOf(claimed: string, bytes: Uint8Array): string {
  const [, type = "", parameters = ""] = /^\s*([\w.+-]{1,60}\/[\w.+-]{1,80})\s*(?:;(.*))?$/s.exec(claimed) ?? [];
  const given = type.toLowerCase();
  const found = signatureOf(bytes);
  if (found !== undefined) return found === given || containers[found]?.test(given) === true ? given : found;
  // Bytes that no known form begins with are no picture, whatever the server calls them.
  if (given === "" || signatures.some(({ mimeType }) => mimeType === given && mimeType !== "audio/mpeg"))
    return anything;
  const [, charset] = /(?:^|;)\s*charset="?([\w-]{1,40})"?/i.exec(parameters) ?? [];
  return given.startsWith("text/") && charset !== undefined ? `${given}; charset=${charset}` : given;
}

function signatureOf(bytes: Uint8Array): string | undefined {
  const start = startOf(bytes, 32);
  return signatures.find(({ at = 0, bytes: wanted }) => start.startsWith(wanted, at))?.mimeType;
}

function startOf(bytes: Uint8Array, count: number): string {
  return Buffer.from(bytes.subarray(0, count)).toString("latin1");
}

const extensions: Readonly<Record<string, string>> = {
  "image/png": "png",
  "image/jpeg": "jpg",
  "image/gif": "gif",
  "image/webp": "webp",
  "application/pdf": "pdf",
  "application/zip": "zip",
  "application/msword": "doc",
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
  "audio/mpeg": "mp3",
  "audio/ogg": "ogg",
  "audio/wav": "wav",
  "audio/mp4": "m4a",
  "video/mp4": "mp4",
  "video/webm": "webm",
  "video/quicktime": "mov",
  "text/plain": "txt",
  "text/csv": "csv",
};

/** A name for a file on somebody's disk: no path, one line, nothing that cannot be seen, with an ending where the type has one. */
export function cleanFileName(name: string, mimeType = ""): string {
  const last = name.split(/[/\\]/).at(-1) ?? "";
  // Signs without a form include those that turn the direction of writing, by which `gpj.exe` reads as `exe.jpg`.
  const seen = last
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}<>:"|?*]+/gu, " ")
    .replaceAll(/\s+/g, " ")
    .replace(/^[.\s]+|[.\s]+$/g, "");
  const [, stem = seen, ending = ""] = /^(.+?)(\.[\p{L}\p{N}]{1,8})$/u.exec(seen) ?? [];
  const known = extensions[mimeType.split(";")[0] ?? ""];
  const added = ending === "" && known !== undefined ? `.${known}` : ending;
  return `${[...stem].slice(0, 100).join("").trim() || "file"}${added}`;
}
