export const passwordResetWords = {
  passwordReset: {
    toggle: "Toggle password visibility",
    link: "Forgotten your password?",
    byCommand:
      "Forgotten your password? Whoever runs this server can give you a new one, with the command “repartee user reset-password”.",
    title: "A new password",
    lead: "You get a link by e-mail, by which you choose it.",
    send: "Send the link",
    sent: "If there is an account for {{email}}, a mail is on its way. The link in it works once, within an hour.",
    notThere:
      "Nothing there after some minutes? Look among unwanted mail, or whether this is the address that you sign in with.",
    again: "Ask again",
    back: "Back to signing in",
    choose: "Choose a new password",
    chooseLead: "For {{email}}. You are signed out on all devices.",
    next: "New password",
    set: "Set the password",
    isSet: "The new password is set",
    isSetLead: "Sign in with it. Where you have a second factor, you are asked for that too.",
    over: "This link works no more",
    overLead: "It was used, replaced by a newer one, or is older than an hour.",
    noLink: "The link from the mail is not whole. Open it once more, or copy all of it.",
    newLink: "Send me another link",
  },
};
