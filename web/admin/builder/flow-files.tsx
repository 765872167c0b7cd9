import { Alert, Button, Divider, FileButton, Group, Modal, Stack, Text } from "@mantine/core";
import { IconDownload, IconUpload } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { renameFlowRef } from "../../../src/engine/rename-flow-ref.ts";
import { toError } from "../../../src/engine/to-error.ts";
import { type FlowDocument, flowDocumentSchema } from "../../../src/model/flow.ts";
import { type Sentence, sayPlaces, toPlaces } from "../../../src/model/sentence.ts";
import { useSentence } from "../layout/trouble.tsx";
import { heightOfBox } from "./box-size.ts";
import { DifferenceList } from "./difference-list.tsx";
import { layOut } from "./document.ts";
import type { DraftEditor } from "./use-draft.ts";

/** The flow as a file: out as it is drawn, and in over what is drawn, with the difference shown first. */
export function FlowFiles({ flowRef, editor }: { readonly flowRef: string; readonly editor: DraftEditor }) {
  const { t } = useTranslation();
  const say = useSentence();
  const [read, setRead] = useState<FlowDocument>();
  const [trouble, setTrouble] = useState<string>();
  const open = async (file: File | null) => {
    if (file === null) return;
    try {
      setTrouble(undefined);
      setRead(await readFlowFile(await file.text(), flowRef));
    } catch (thrown) {
      setTrouble(thrown instanceof NoFlow ? say(thrown.sentence) : toError(thrown).message);
    }
  };
  return (
    <>
      <Divider label={t("versions.files")} labelPosition="left" mt="sm" />
      <Group gap="xs">
        {(["json", "yaml"] as const).map((format) => (
          <Button
            key={format}
            size="compact-sm"
            variant="default"
            leftSection={<IconDownload size={14} />}
            onClick={() => void download(flowRef, editor.document, format)}
          >
            {format.toUpperCase()}
          </Button>
        ))}
        <FileButton onChange={(file) => void open(file)} accept=".json,.yaml,.yml">
          {(props) => (
            <Button {...props} size="compact-sm" variant="default" leftSection={<IconUpload size={14} />}>
              {t("versions.import")}
            </Button>
          )}
        </FileButton>
      </Group>
      {trouble === undefined ? null : (
        <Alert color="red" title={t("versions.notRead")}>
          {trouble}
        </Alert>
      )}
      {read === undefined ? null : (
        <Modal
          opened
          size="lg"
          onClose={() => setRead(undefined)}
          title={t("versions.importTitle")}
          closeButtonProps={{ "aria-label": t("action.close") }}
        >
          <Stack>
            <Text size="sm">{t("versions.importText")}</Text>
            <DifferenceList before={editor.document} after={read} />
            <Group justify="flex-end">
              <Button variant="default" onClick={() => setRead(undefined)}>
                {t("action.cancel")}
              </Button>
              <Button
                onClick={() => {
                  editor.edit(() => layOut(read, heightOfBox, { onlyMissing: true }));
                  setRead(undefined);
                }}
              >
                {t("versions.putIn")}
              </Button>
            </Group>
          </Stack>
        </Modal>
      )}
    </>
  );
}

class NoFlow extends Error {
  override readonly name = "NoFlow";
  readonly sentence: Sentence;

  constructor(sentence: Sentence) {
    super(sentence.message);
    this.sentence = sentence;
  }
}

/** JSON or YAML. What in it names the flow by the ref that it had names this flow. Throws in words what is wrong with it. */
async function readFlowFile(text: string, flowRef: string): Promise<FlowDocument> {
  const { parse } = await import("yaml");
  const value = parse(text, { maxAliasCount: 100, logLevel: "error" }) as { readonly ref?: unknown } | null;
  const parsed = flowDocumentSchema.safeParse(value);
  if (!parsed.success) {
    throw new NoFlow(sayPlaces(toPlaces(parsed.error.issues)));
  }
  const ref = value?.ref;
  return typeof ref === "string" && ref !== flowRef ? renameFlowRef(parsed.data, ref, flowRef) : parsed.data;
}

/** Made here and not asked for: it is the draft as it stands on the canvas. */
async function download(ref: string, document: FlowDocument, format: "json" | "yaml"): Promise<void> {
  const file = { ref, ...document };
  const text =
    format === "json"
      ? `${JSON.stringify(file, undefined, 2)}\n`
      : (await import("yaml")).stringify(file, { lineWidth: 0 });
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const link = Object.assign(window.document.createElement("a"), { href: url, download: `${ref}.${format}` });
  link.click();
  URL.revokeObjectURL(url);
}
