import { ActionIcon, Button, FileButton, Popover, Stack, TextInput, Tooltip } from "@mantine/core";
import { IconLink, IconPaperclip } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FileBody } from "../../../src/http/contract/files.ts";
import { useApi } from "../layout/page.tsx";
import type { Attached } from "./use-typed.ts";

/** Sends a file to the server, which gives it an address. */
export function useUpload(contactId: number) {
  const api = useApi();
  return useMutation({
    mutationFn: async (file: File): Promise<Attached> => {
      const query = new URLSearchParams({ name: file.name, contact: String(contactId) });
      const { kind, url, name } = await api.send<FileBody>("POST", `/files?${query}`, file);
      return { kind, url, name };
    },
  });
}

/** A file from this machine, or one that has an address. */
export function AttachTools({
  contactId,
  onAttached,
  onProblem,
}: {
  readonly contactId: number;
  readonly onAttached: (file: Attached) => void;
  readonly onProblem: (problem: unknown) => void;
}) {
  const { t } = useTranslation();
  const upload = useUpload(contactId);
  const [isOpen, setIsOpen] = useState(false);
  const [url, setUrl] = useState("");
  const isAddress = /^https?:\/\/[^\s/]+\S*$/.test(url.trim());
  const attach = () => {
    const address = url.trim();
    onAttached({ kind: kindOf(address), url: address, name: address.split(/[/?#]/).findLast(Boolean) ?? address });
    setUrl("");
    setIsOpen(false);
  };
  return (
    <>
      <FileButton
        onChange={(file) => {
          if (file !== null) upload.mutateAsync(file).then(onAttached, onProblem);
        }}
      >
        {(props) => (
          <Tooltip label={t("inbox.attach")}>
            <ActionIcon {...props} variant="subtle" loading={upload.isPending} aria-label={t("inbox.attach")}>
              <IconPaperclip size={18} />
            </ActionIcon>
          </Tooltip>
        )}
      </FileButton>
      <Popover opened={isOpen} onChange={setIsOpen} trapFocus position="top-end">
        <Popover.Target>
          <Tooltip label={t("inbox.attachUrl")}>
            <ActionIcon variant="subtle" aria-label={t("inbox.attachUrl")} onClick={() => setIsOpen(!isOpen)}>
              <IconLink size={18} />
            </ActionIcon>
          </Tooltip>
        </Popover.Target>
        <Popover.Dropdown>
          <Stack gap="xs">
            <TextInput
              label={t("inbox.address")}
              placeholder="https://"
              value={url}
              error={url !== "" && !isAddress ? t("inbox.badAddress") : null}
              onChange={({ currentTarget }) => setUrl(currentTarget.value)}
            />
            <Button size="xs" disabled={!isAddress} onClick={attach}>
              {t("inbox.attachUrl")}
            </Button>
          </Stack>
        </Popover.Dropdown>
      </Popover>
    </>
  );
}

/** By its ending: nobody has looked at what is behind the address. */
function kindOf(url: string): Attached["kind"] {
  const ending = /\.([a-z0-9]+)(?:[?#]|$)/i.exec(url)?.[1]?.toLowerCase() ?? "";
  if (["png", "jpg", "jpeg", "gif", "webp"].includes(ending)) return "image";
  if (["mp4", "webm", "mov"].includes(ending)) return "video";
  return ["mp3", "ogg", "wav", "m4a"].includes(ending) ? "audio" : "file";
}
