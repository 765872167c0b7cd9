export const flowWords = {
  /** Where a flow or a sequence is made. */
  ownRef: {
    ask: "A ref of your own",
    hint: "By this other systems name it, for example GetCourse's action links. Coming from another platform, write the ref it has there, and links that name it go on working. Letters, digits, _ and -, 20 at most.",
  },
  flows: {
    create: "New flow",
    bot: "Bot",
    state: "State",
    changed: "Changed",
    draft: "Draft",
    published: "Published, version {{version}}",
    noMatch: "No flow is called so.",
    more: "More: {{name}}",
    move: "Move to a folder",
    moveTitle: "Where {{name}} is kept",
    folder: "Folder",
    folderHint: "One that is there, or a new name. Empty: none.",
    noFolder: "In no folder",
    duplicate: "Duplicate",
    copyOf: "{{name}} (copy)",
    stop: "Take out of service",
    stopLoss:
      "It starts for nobody any more, and whoever stands in it leaves it. The draft stays, and can be published again.",
    deleteLoss:
      "The flow goes with all its versions and numbers, and whoever stands in it leaves it. Links and other flows that lead to it lead nowhere.",
    empty: {
      title: "No flows yet",
      text: "A flow is a conversation drawn as steps: messages, questions, conditions, delays, actions. Make one and publish it.",
    },
  },
};
