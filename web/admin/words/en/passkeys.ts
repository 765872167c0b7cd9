export const passkeyWords = {
  passkey: {
    title: "Passkeys",
    text: "Your device or password manager signs you in, with a finger, a face or a PIN, in the place of the password and the code. A passkey works at this address alone: a forged page gets nothing. With the first one, the password alone no longer signs in.",
    add: "Add a passkey",
    added: "The passkey is there.",
    nameHint: "By which you know it again, such as “Work laptop”.",
    synced: "in a password manager",
    device: "on one device",
    made: "made",
    used: "last used",
    rename: "Rename",
    renameOne: "Rename {{name}}",
    remove: "Remove",
    removeOne: "Remove {{name}}",
    removed: "{{name}} signs in no more.",
    removeText:
      "It signs in no more. Take it out of the device or the password manager too. If it is your only second factor, the password alone signs in again.",
    noSite:
      "Passkeys do not work at this address yet: browsers want one with a name and https, such as https://bot.example.com. Whoever runs the server sets PUBLIC_URL to that address and starts it again.",
    noBrowser: "This browser does no passkeys.",
    signIn: "Sign in with a passkey",
    show: "Show a passkey",
    instead: "Show a passkey instead",
    shown: "The passkey was shown.",
    none: "No passkey was shown. Try again, or sign in with the password.",
    exists: "This device or password manager has a passkey for your account already.",
  },
};
