import type { Notice } from "./account-mail.ts";

/** What mails about accounts say, in one language. A text is a list of paragraphs. */
export interface MailWords {
  greet(name: string): string;
  /** Above the link, below it, and what the button says. */
  readonly reset: {
    readonly subject: string;
    lead(account: Account): string;
    readonly button: string;
    readonly rules: string;
    notYou(address: string): string;
  };
  readonly invitation: {
    subject(who: string, workspace: string): string;
    lead(invitation: Invitation): string;
    readonly button: string;
    readonly rules: string;
    readonly notYou: string;
  };
  /** To an e-mail that somebody wants for their account. */
  readonly emailChange: {
    readonly subject: string;
    lead(account: Account): string;
    readonly button: string;
    readonly rules: string;
    notYou(address: string): string;
  };
  /** To an e-mail that somebody wants for their account, and that has one already. */
  readonly emailTaken: {
    readonly subject: string;
    lead(account: Account): string;
    readonly button: string;
    readonly rules: string;
    notYou(address: string): string;
  };
  readonly notices: Readonly<Record<Notice, NoticeWords>>;
  when(change: { readonly at: string; readonly address: string }): string;
  readonly notYou: string;
  readonly button: string;
  /** How it stands below a button. */
  readonly orOpen: string;
  readonly footer: string;
}

interface NoticeWords {
  readonly subject: string;
  lead(account: Account): string;
  /** Where a new password is no way out: what is, in the place of `notYou` and the button. */
  readonly notYou?: string;
}
interface Account {
  readonly email: string;
  /** Where people reach the server, without `https://`. */
  readonly server: string;
}
interface Invitation extends Account {
  readonly inviter: string;
  readonly workspace: string;
}
