/** What goes for good, after its name was typed. */
export const deletionWords = {
  deletion: {
    type: "Type {{expected}} to confirm",
    notTheSame: "This is not what stands there.",
    account: "Delete my account",
    accountAbout: "For good, everywhere. What you wrote stays with your team, without your name.",
    accountLoss:
      "Your account goes at once and for good, with your password, your second factor, all devices and your place in every workspace. What you wrote stays, without your name: it is a former member's.",
    accountGone: "Your account is deleted.",
    workspace: "Delete the workspace",
    workspaceLead: "Everything in it goes for good, for everybody. Nobody but an owner can do it.",
    workspaceLoss:
      "“{{name}}” goes at once and for good: its bots stop, its channels are disconnected, and its contacts, conversations, flows, files, orders and reports are deleted. Access tokens and action links stop working. Members keep their accounts. There is no way back: take an export first if you may need something.",
    workspaceGone: "“{{name}}” is deleted.",
    nowhere: "No workspace",
    nowhereLead:
      "You are signed in as {{email}} and belong to no workspace. Ask somebody who runs one for an invitation.",
  },
};
