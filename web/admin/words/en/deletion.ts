/** What goes for good, after its name was typed. */
export const deletionWords = {
  deletion: {
    type: "Type {{expected}} to confirm",
    notTheSame: "This is not what stands there.",
    account: "Delete my account",
    accountLoss:
      "Your account goes at once and for good, with your password, your second factor, all devices and your place in every workspace. What you wrote stays, without your name: it is a former member's.",
    accountGone: "Your account is deleted.",
  },
};
