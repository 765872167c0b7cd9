import { ActionIcon, Button, Checkbox, Fieldset, Group, Select, Stack, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { type MessageContent, mediaKinds, type OutgoingButton } from "../../../src/model/message.ts";
import { TemplateInput } from "../builder/template-input.tsx";
import { Preview } from "../messenger/preview.tsx";
import { StepTarget } from "./step-target.tsx";

/** A whole message: text, media, buttons that open a page or lead into a flow, quick replies; and how it will look. */
export function MessageFields({
  botId,
  value,
  onChange,
}: {
  readonly botId: number | undefined;
  readonly value: MessageContent;
  readonly onChange: (message: MessageContent) => void;
}) {
  const { t } = useTranslation();
  const { attachments, buttons, quickReplies } = value;
  const change = (part: Partial<MessageContent>) => onChange({ ...value, ...part });
  return (
    <Stack gap="sm">
      <TemplateInput
        label={t("broadcasts.text")}
        description={undefined}
        value={value.text ?? ""}
        onChange={(text) => change({ text })}
      />
      <Checkbox
        label={t("broadcasts.tracksLinks")}
        checked={value.tracksLinks ?? false}
        onChange={({ currentTarget }) => change({ tracksLinks: currentTarget.checked })}
      />
      <Items
        legend={t("broadcasts.media")}
        items={attachments}
        most={10}
        add={t("broadcasts.addMedia")}
        empty={{ kind: "image", url: "" }}
        onChange={(next) => change({ attachments: next })}
      >
        {(item, set) => (
          <>
            <Select
              label={t("list.kind")}
              data={mediaKinds.map((kind) => ({ value: kind, label: t(`broadcasts.mediaKind.${kind}`) }))}
              value={item.kind}
              allowDeselect={false}
              onChange={(kind) => set({ ...item, kind: mediaKinds.find((one) => one === kind) ?? item.kind })}
            />
            <TextInput
              label={t("broadcasts.address")}
              required
              inputMode="url"
              value={item.url ?? ""}
              onChange={({ currentTarget }) => set({ ...item, url: currentTarget.value })}
            />
          </>
        )}
      </Items>
      <Items<OutgoingButton>
        legend={t("broadcasts.buttons")}
        items={buttons}
        most={20}
        add={t("broadcasts.addButton")}
        empty={{ type: "url", title: "", url: "" }}
        onChange={(next) => change({ buttons: next })}
      >
        {(item, set) => <ButtonFields botId={botId} value={item} onChange={set} />}
      </Items>
      <Items
        legend={t("broadcasts.quickReplies")}
        items={quickReplies}
        most={13}
        add={t("broadcasts.addQuickReply")}
        empty={{ title: "", payload: "" }}
        onChange={(next) => change({ quickReplies: next })}
      >
        {(item, set) => (
          <>
            <Title value={item.title} onChange={(title) => set({ ...item, title })} />
            <StepTarget botId={botId} payload={item.payload} onChange={(payload) => set({ ...item, payload })} />
          </>
        )}
      </Items>
      <MessagePreview message={value} botId={botId} />
    </Stack>
  );
}

function ButtonFields({
  botId,
  value,
  onChange,
}: {
  readonly botId: number | undefined;
  readonly value: OutgoingButton;
  readonly onChange: (button: OutgoingButton) => void;
}) {
  const { t } = useTranslation();
  const { title } = value;
  return (
    <>
      <Title value={title} onChange={(next) => onChange({ ...value, title: next })} />
      <Select
        label={t("broadcasts.pressed")}
        data={(["url", "press"] as const).map((type) => ({ value: type, label: t(`broadcasts.buttonType.${type}`) }))}
        value={value.type}
        allowDeselect={false}
        onChange={(type) => onChange(type === "press" ? { type, title, payload: "" } : { type: "url", title, url: "" })}
      />
      {value.type === "url" ? (
        <>
          <TextInput
            label={t("broadcasts.address")}
            required
            value={value.url}
            onChange={({ currentTarget }) => onChange({ ...value, url: currentTarget.value })}
          />
          <Checkbox
            label={t("broadcasts.tracked")}
            checked={value.isTracked ?? false}
            onChange={({ currentTarget }) => onChange({ ...value, isTracked: currentTarget.checked })}
          />
        </>
      ) : (
        <StepTarget botId={botId} payload={value.payload} onChange={(payload) => onChange({ ...value, payload })} />
      )}
    </>
  );
}

function Title({ value, onChange }: { readonly value: string; readonly onChange: (title: string) => void }) {
  const { t } = useTranslation();
  return (
    <TextInput
      label={t("broadcasts.buttonTitle")}
      required
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}

/** Parts of one kind, each of which can be taken out again. */
function Items<Item>({
  legend,
  items,
  most,
  add,
  empty,
  onChange,
  children,
}: {
  readonly legend: string;
  readonly items: readonly Item[];
  readonly most: number;
  readonly add: string;
  readonly empty: Item;
  readonly onChange: (items: Item[]) => void;
  readonly children: (item: Item, set: (item: Item) => void) => ReactNode;
}) {
  const { t } = useTranslation();
  const addButton = (
    <Group>
      <Button
        size="compact-sm"
        variant="light"
        leftSection={<IconPlus size={14} />}
        disabled={items.length >= most}
        onClick={() => onChange([...items, empty])}
      >
        {add}
      </Button>
    </Group>
  );
  if (items.length === 0) return addButton;
  return (
    <Fieldset legend={legend} p="sm">
      <Stack gap="sm">
        {items.map((item, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: items have no names of their own, and are replaced as a whole.
          <Group key={index} align="flex-start" wrap="nowrap" gap="xs">
            <Stack flex={1} gap="xs" miw={0}>
              {children(item, (next) => onChange(items.with(index, next)))}
            </Stack>
            <ActionIcon
              variant="subtle"
              color="red"
              aria-label={t("builder.remove", { what: legend, number: index + 1 })}
              onClick={() => onChange(items.toSpliced(index, 1))}
            >
              <IconTrash size={16} />
            </ActionIcon>
          </Group>
        ))}
        {addButton}
      </Stack>
    </Fieldset>
  );
}

/** A message as a messenger shows it. */
export function MessagePreview({
  message,
  botId,
}: {
  readonly message: MessageContent;
  readonly botId?: number | undefined;
}) {
  return <Preview step={toStep(message)} botId={botId} />;
}

/** The same message as a step of a flow says it, for the preview. */
function toStep({ text = "", attachments, buttons, quickReplies }: MessageContent) {
  const shown = buttons.map(({ title, ...button }) => ("url" in button ? { title, url: button.url } : { title }));
  const config = { messages: [{ text, attachments, buttons: shown }], quickReplies };
  return { ref: "broadcast", kind: "message", config } as unknown as Parameters<typeof Preview>[0]["step"];
}
