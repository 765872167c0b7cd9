import { commandLine } from "../../model/audit.ts";
import type { MailWords } from "./mail-words.ts";

export const en: MailWords = {
  greet: (name) => (name === "" ? "Hello," : `Hello ${name},`),
  reset: {
    subject: "Choose a new password",
    lead: ({ email, server }) =>
      `somebody asked for a new password for the account ${email} at ${server}. If that was you, choose one here:`,
    button: "Choose a new password",
    rules:
      "The link works once, within an hour. A second factor stays what it is: you are asked for it when you sign in.",
    notYou: (address) =>
      `If it was not you, there is nothing to do: your password is as it was, and nobody but you has this link. It was asked for from the address ${address}.`,
  },
  invitation: {
    subject: (who, workspace) => `${who} invites you to ${workspace}`,
    lead: ({ inviter, workspace, server, email }) =>
      `${inviter} invites you to work in ${workspace} at ${server}. Your account there will be ${email}.`,
    button: "Look at the invitation",
    rules: "The link works for a week.",
    notYou: "If you do not know what this is about, there is nothing to do.",
  },
  emailChange: {
    subject: "Confirm your new e-mail",
    lead: ({ email, server }) =>
      `somebody asked to sign in at ${server} with ${email} from now on. If that was you, open this in a browser where you are signed in there:`,
    button: "Confirm the e-mail",
    rules: "The link works once, within an hour. Until then you sign in with the e-mail that you have had so far.",
    notYou: (address) =>
      `If it was not you, there is nothing to do: somebody may have mistyped theirs, and nothing changes without this link. It was asked for from the address ${address}.`,
  },
  emailTaken: {
    subject: "This e-mail has an account already",
    lead: ({ email, server }) =>
      `somebody asked to sign in at ${server} with ${email} from now on. There is an account with this e-mail already, and it stays as it is.`,
    button: "Sign in",
    rules:
      "If it was you: sign in with this e-mail. To use it for your other account, delete this one first, under My account, and then ask again.",
    notYou: (address) => `If it was not you, there is nothing to do. It was asked for from the address ${address}.`,
  },
  notices: {
    password_changed: {
      subject: "Your password was changed",
      lead: ({ email, server }) => `the password of your account ${email} at ${server} was changed.`,
    },
    second_factor_on: {
      subject: "A second factor was turned on",
      lead: ({ email, server }) =>
        `your account ${email} at ${server} now has a second factor: signing in takes a code beside the password.`,
    },
    second_factor_off: {
      subject: "The second factor was turned off",
      lead: ({ email, server }) =>
        `the second factor of your account ${email} at ${server} was turned off: signing in takes the password alone.`,
    },
    second_factor_reset: {
      subject: "The second factor was taken away",
      lead: ({ email, server }) =>
        `the second factor of your account ${email} at ${server} was taken away by somebody who may do that: an owner, or whoever runs the server. Signing in takes the password alone until you set up another.`,
    },
    recovery_codes_renewed: {
      subject: "New recovery codes were made",
      lead: ({ email, server }) =>
        `new recovery codes were made for your account ${email} at ${server}. Those from before are worth nothing any more.`,
    },
    authenticator_off: {
      subject: "The authenticator was turned off",
      lead: ({ email, server }) =>
        `the authenticator of your account ${email} at ${server} was turned off: its passkeys stay the second factor.`,
    },
    passkey_added: {
      subject: "A passkey was added",
      lead: ({ email, server }) =>
        `your account ${email} at ${server} has a new passkey: whoever has it signs in without the password.`,
    },
    passkey_removed: {
      subject: "A passkey was removed",
      lead: ({ email, server }) => `a passkey of your account ${email} at ${server} was removed: it signs in no more.`,
    },
    email_change_asked: {
      subject: "Another e-mail was asked for",
      lead: ({ email, server }) =>
        `somebody who typed the password asked to sign in to your account ${email} at ${server} with another e-mail. Nothing has changed yet: a link went to the new one.`,
    },
    email_changed: {
      subject: "Your e-mail was changed",
      lead: ({ email, server }) =>
        `your account at ${server} has another e-mail now. Nobody signs in with ${email} any more, and what is about the account goes to the new one.`,
      notYou:
        "If it was you, all is well. If it was not, somebody else has your account: tell an owner of your workspace, who signs it out everywhere, and whoever runs the server, who gives it this e-mail back. The audit log has the new one.",
    },
  },
  when: ({ at, address }) =>
    address === commandLine
      ? `This was ${at}, on the server's command line.`
      : `This was ${at}, from the address ${address}.`,
  notYou:
    "If it was you, all is well. If it was not, somebody else may be using your account: choose a new password at once, which signs them out, and tell an owner of your workspace.",
  button: "Choose a new password",
  orOpen: "Or open this address:",
  footer: "The server wrote this by itself; nobody reads answers.",
};
