export const dataWords = {
  tags: {
    create: "New tag",
    renameHint: "Contacts keep it under its new name; flows that name the old one have to be changed.",
    loss: "It goes from {{contacts}} contacts as well. Flows that name it no longer find it.",
    empty: {
      title: "No tags yet",
      text: "A tag marks contacts for flows, segments and broadcasts: what they bought, asked, or want. Flows add tags by themselves; make one here to name it in action links.",
    },
  },
  labels: {
    create: "New label",
    renameHint: "Contacts keep it under its new name.",
    loss: "It goes from {{contacts}} contacts as well.",
    empty: {
      title: "No labels yet",
      text: "Labels are for the people who answer: urgent, to call back, a regular. Tags are for the bot's logic.",
    },
  },
  fields: {
    create: "New field",
    key: "Key",
    keyHint: "What texts write: fields.KEY in double braces. It never changes.",
    kindHint: "What it can hold. It never changes.",
    yes: "Yes",
    no: "No",
    loss: "What {{contacts}} contacts have in it goes for good.",
    empty: {
      title: "No fields yet",
      text: "A field keeps something of every contact: a city, a birthday, a choice. Questions and actions fill it; texts and conditions read it.",
    },
  },
  fieldKind: {
    text: "Text",
    number: "Number",
    boolean: "Yes or no",
    date: "Date",
    datetime: "Date and time",
    list: "List",
    json: "JSON",
  },
  valueHint: {
    text: "",
    number: "Such as 12.5",
    boolean: "",
    date: "Such as 2026-12-31",
    datetime: "Such as 2026-12-31 18:00",
    list: "One a line",
    json: "Any JSON",
  },
  variables: {
    create: "New variable",
    loss: "Texts that show it show nothing in its place.",
    empty: {
      title: "No variables yet",
      text: "A variable is the same for all contacts of a bot: a price, the date of the next webinar, an address. Change it here, and every text that names it says the new one.",
    },
  },
  secrets: {
    create: "New secret",
    use: "In requests",
    changed: "Changed",
    valueHint: "At least 8 characters. It is stored sealed and never shown again.",
    keepHint: "Empty: it stays as it is.",
    loss: "Requests of flows that use it send nothing in its place.",
    empty: {
      title: "No secrets yet",
      text: "The key of another system does not belong into a flow. Keep it here, and write its name into the address, a header or the body of an external request. Nobody can read it again.",
    },
  },
  customEvents: {
    entries: "When, and to whom",
    text: "Text",
    price: "Price",
    number: "Number",
    none: "It has not happened yet.",
    empty: {
      title: "Nothing was logged yet",
      text: "The action “Log an event” of a flow, or the API, notes what contacts did: watched a lesson, used a coupon. Each name that was logged is listed here, with when and to whom.",
    },
  },
  closingNotes: {
    create: "New closing note",
    summary: "Summary",
    attachment: "Attachment",
    requirement: { no: "Not asked for", may: "May be given", must: "Must be given" },
    loss: "Agents can no longer choose it. What was said with it stays.",
    empty: {
      title: "No closing notes yet",
      text: "When an agent closes a conversation, a closing note says how it ended: sold, refused, no answer. Make the ones that your team shall choose from.",
    },
  },
};
