import { Button, Group, Modal, Text } from "@mantine/core";
import { useBlocker } from "@tanstack/react-router";
import {
  createContext,
  type FormEvent,
  type ReactNode,
  useContext,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { useTranslation } from "react-i18next";
import type { FormState } from "./form.tsx";

/** How a form tells the dialog that it stands in whether something in it would be lost. */
export const UnsavedContext = createContext<(isUnsaved: boolean) => void>(() => undefined);

/** Asks before what was typed is thrown away. */
export function AskToDiscard({ onStay, onDiscard }: { readonly onStay: () => void; readonly onDiscard: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal opened onClose={onStay} title={t("unsaved.title")} closeButtonProps={{ "aria-label": t("action.close") }}>
      <Text size="sm" mb="md">
        {t("unsaved.text")}
      </Text>
      <Group justify="flex-end">
        <Button variant="default" onClick={onDiscard}>
          {t("unsaved.discard")}
        </Button>
        <Button data-autofocus onClick={onStay}>
          {t("unsaved.stay")}
        </Button>
      </Group>
    </Modal>
  );
}

/** Keeps whoever leaves the page from losing what they typed: another page of the admin is asked about here, the tab's end by the browser. */
export function AskBeforeLeaving({ isBusy }: { readonly isBusy: boolean }) {
  // What a form does itself once it is saved, going to what it made, loses nothing.
  const busy = useRef(isBusy);
  busy.current = isBusy;
  const [shouldBlockFn] = useState(
    () =>
      ({ current, next }: { current: { pathname: string }; next: { pathname: string } }) =>
        !busy.current && current.pathname !== next.pathname,
  );
  const { status, proceed, reset } = useBlocker({ shouldBlockFn, withResolver: true });
  return status === "blocked" ? <AskToDiscard onStay={reset} onDiscard={proceed} /> : null;
}

/**
 * A form that does not go without a question while something in it is not saved. `isTyped`: whether something is, where the page knows it better than the form can
 * tell by its fields being typed in.
 */
export function GuardedForm({
  form,
  isTyped,
  children,
}: {
  readonly form: FormState;
  readonly isTyped?: boolean | undefined;
  readonly children: ReactNode;
}) {
  const [isTouched, setTouched] = useState(false);
  const tell = useContext(UnsavedContext);
  const isUnsaved = isTyped ?? isTouched;
  // Before the next key: it may be the one that closes the dialog.
  useLayoutEffect(() => {
    tell(isUnsaved);
    return () => tell(false);
  }, [tell, isUnsaved]);
  const { isBusy } = form;
  const isRefused = form.error !== undefined || Object.keys(form.fieldErrors).length > 0;
  const wasBusy = useRef(false);
  useEffect(() => {
    if (wasBusy.current && !isBusy && !isRefused) setTouched(false);
    wasBusy.current = isBusy;
  }, [isBusy, isRefused]);
  const touch = () => setTouched(true);
  // A choice from a list is no input of the field that shows it.
  const choose = ({ target }: FormEvent) => {
    if (target instanceof Element && target.closest("[role=option]") !== null) touch();
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a choice by a key comes as a click of the option too.
    <form onSubmit={form.onSubmit} onInput={touch} onClick={choose}>
      {children}
      {isUnsaved ? <AskBeforeLeaving isBusy={isBusy} /> : null}
    </form>
  );
}
