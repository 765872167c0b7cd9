export const emailChangeWords = {
  emailChange: {
    title: "E-mail",
    about: "You sign in with {{email}}, and mails about your account go there.",
    change: "Change e-mail",
    next: "New e-mail",
    byMail: "A link goes to the new e-mail. Nothing changes until you open it, in a browser where you are signed in.",
    atOnce: "You sign in with it from now on; other devices are signed out.",
    send: "Send the link",
    waiting: "A mail is on its way to {{email}}",
    waitingText:
      "You sign in with it once you open the link in that mail, until {{until}}. Nothing there? Look among unwanted mail, or ask again.",
    withdraw: "Leave it as it is",
    changed: "You sign in with {{email}} now; other devices are signed out.",
    confirm: "Confirm your new e-mail",
    confirmLead: "From now on you sign in with {{email}} instead of {{old}}. Other devices are signed out.",
    use: "Sign in with this e-mail",
    isChanged: "Your e-mail is changed",
    isChangedLead: "You sign in with {{email}} from now on.",
    goOn: "Go on",
    signInFirst: "Sign in with the e-mail that you have had so far; then {{email}} takes its place.",
    otherAccount: "You are signed in as {{email}}, and another account asked for this.",
    otherSignIn: "Sign in as somebody else",
    over: "This link works no more",
    overLead:
      "It was used, replaced by a newer one, ended by a new password, or is older than an hour. Under My account you ask for another.",
    noLink: "The link from the mail is not whole. Open it once more, or copy all of it.",
  },
};
