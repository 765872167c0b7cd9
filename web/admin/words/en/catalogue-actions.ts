import type { CatalogueWords } from "../catalogue.ts";

/** What the registry says of an action is for whoever calls it; this is for whoever puts it into a flow. */
export const actionWords: CatalogueWords["actions"] = {
  add_label: {
    title: "Add a label",
    about: "For your team: agents see the label and sort chats by it. A new one is made by itself.",
  },
  add_note: { title: "Add a note", about: "Writes a note on the contact's card, which only your team sees." },
  add_tag: {
    title: "Add a tag",
    about: "Marks the contact, so that you can filter and write to all who have the tag.",
  },
  add_to_cart: {
    title: "Put into the cart",
    about: "Puts a product into the contact's cart, at its price of now. What is there already becomes more.",
  },
  add_to_sales_plan: {
    title: "Add a deal to a sales plan",
    about:
      "Makes a deal for the contact. Where you name no status, sum or manager, it gets the first open status, the plan's average check, and whoever the plan chooses.",
  },
  assign_agent: {
    title: "Assign the conversation to an agent",
    about: "From then on the conversation is this person's.",
  },
  ban: {
    title: "Ban the contact",
    about: "The contact gets no more flows or messages. What they write is still kept.",
  },
  change_deal_status: {
    title: "Change a deal's status",
    about:
      "Moves the contact's newest open deal of the plan, or the one you name. A status that is won or lost closes it.",
  },
  check_out_cart: {
    title: "Make an order of the cart",
    about: "Orders what is in the contact's cart, takes it from the stock, and empties the cart.",
  },
  clear_field: { title: "Empty a field", about: "The contact's field has no value then." },
  clear_variable: {
    title: "Empty a variable of the bot",
    about: "The variable, which is the same for all contacts, has no value then.",
  },
  create_email_subscriber: {
    title: "Subscribe to e-mail",
    about:
      "Connects the contact with their e-mail address, so that the bot can write to it, and starts a flow there. Where you choose no flow, nothing is sent.",
  },
  create_order: {
    title: "Create an order",
    about: "Orders the products that you name at their prices of now. The cart stays as it is.",
  },
  empty_cart: { title: "Empty the cart", about: "Takes everything out of the contact's cart." },
  has_label: { title: "Ask whether there is a label", about: "Says whether the contact has the label." },
  has_tag: { title: "Ask whether there is a tag", about: "Says whether the contact has the tag." },
  list_cart_items: { title: "Read the cart", about: "Gives what is in the contact's cart, and its total." },
  list_deals: { title: "Read the deals", about: "Gives the contact's deals, the newest first." },
  list_labels: { title: "Read the labels", about: "Gives the contact's labels." },
  list_orders: { title: "Read the orders", about: "Gives the contact's orders, the newest first." },
  list_sequences: { title: "Read the sequences", about: "Gives the sequences that the contact is subscribed to." },
  list_tags: { title: "Read the tags", about: "Gives the contact's tags." },
  log_event: {
    title: "Record a custom event",
    about: "Keeps that something happened, such as “Watched the webinar”, with a text, a price or a number.",
  },
  mark_read: { title: "Mark the conversation as read", about: "What the contact wrote so far counts as read." },
  mark_unread: {
    title: "Mark the conversation as unread",
    about: "Puts the conversation among the unread ones, where the contact has written before.",
  },
  mention_agent: {
    title: "Mention an agent",
    about: "The conversation stands among the agent's mentions, with your comment, until they open it.",
  },
  move_conversation: {
    title: "Close the conversation, or reopen it",
    about: "Makes the conversation open, pending, spam or done. A closing note says how it ended.",
  },
  opt_in: { title: "Allow messages again", about: "The contact wants to get messages again." },
  opt_out: {
    title: "Stop messages",
    about: "The contact wants no more messages: from then on they get only answers to what they ask themselves.",
  },
  pause_bot: {
    title: "Pause the bot",
    about:
      "The bot keeps still while a person talks to the contact: for some minutes, or until somebody resumes it. What is written meanwhile is kept.",
  },
  remove_all_delays: {
    title: "Stop waiting in smart delays",
    about: "Where the contact waits in a smart delay, in whichever flow, they do not go on from there.",
  },
  remove_all_labels: { title: "Remove all labels", about: "Takes every label off the contact." },
  remove_all_tags: { title: "Remove all tags", about: "Takes every tag off the contact." },
  remove_all_scheduled_messages: {
    title: "Remove all scheduled messages",
    about: "Messages to the contact that wait for their time are not sent.",
  },
  remove_from_cart: {
    title: "Take out of the cart",
    about: "Takes a product out of the contact's cart: all of it, or as many as you say.",
  },
  remove_from_sales_plan: {
    title: "Remove deals from a sales plan",
    about: "Removes the contact's open deals from the plan. Those that were won or lost stay.",
  },
  remove_label: { title: "Remove a label", about: "Takes a label off the contact." },
  remove_tag: { title: "Remove a tag", about: "Takes a tag off the contact." },
  remove_scheduled_message: {
    title: "Remove a scheduled message",
    about: "A message that waits for its time is not sent. A step that schedules one can keep which it is.",
  },
  resume_bot: {
    title: "Resume the bot",
    about: "A paused bot speaks again; what waited for that goes on at once.",
  },
  schedule_message: {
    title: "Send a message later",
    about:
      "After some minutes, or at a date and time where the contact is. Its text is put together now; it also goes out while the bot is paused.",
  },
  send_contact_to_amocrm: {
    title: "Send the contact to amoCRM",
    about:
      "Makes the contact in amoCRM or Kommo, with tags, phone and e-mail, or updates who is there. The log of the integration says how it went.",
  },
  send_deal_to_amocrm: {
    title: "Send a deal to amoCRM",
    about:
      "Makes a deal in amoCRM or Kommo, with its contact, or changes the one that was made before. The log of the integration says how it went.",
  },
  send_email: {
    title: "Send an e-mail",
    about: "Sends a mail with subject, text, buttons and files, whichever messenger the contact is on.",
  },
  send_message: {
    title: "Send a message",
    about: "Sends a message where the contact wrote last, or on the channel that you choose.",
  },
  send_to_getcourse: {
    title: "Send to GetCourse",
    about:
      "Makes the contact a user in GetCourse, with groups and additional fields, and an order where you describe one. The log of the integration says how it went.",
  },
  send_webhook: {
    title: "Send the contact's data to another system",
    about: "Posts the contact, as it is then, to an address of your own (a webhook). The log says how it went.",
  },
  set_consent: {
    title: "Set consent to e-mail or SMS",
    about: "Keeps whether the contact agrees to get e-mails or SMS.",
  },
  set_field: {
    title: "Set a field",
    about: "Writes a value into the contact's field: a text, a number, a date, or what a variable holds.",
  },
  set_profile: {
    title: "Set name, e-mail, phone…",
    about: "Changes one of the contact's own particulars. An empty value clears it.",
  },
  set_variable: {
    title: "Set a variable of the bot",
    about: "Writes a value into a variable that is the same for all contacts of the bot.",
  },
  start_flow: { title: "Start a flow", about: "Starts another flow at its first step, or at the one you choose." },
  stop_flow: {
    title: "Stop a flow",
    about: "The contact goes no further in the flow. With a step chosen, only where they have come to it.",
  },
  subscribe_sequence: {
    title: "Subscribe to a sequence",
    about: "The contact gets its messages, one after the other.",
  },
  unassign_agent: { title: "Take the conversation from its agent", about: "The conversation is nobody's then." },
  unban: { title: "Lift the ban", about: "The contact gets flows and messages again; what waited goes on at once." },
  unsubscribe_sequence: {
    title: "Unsubscribe from a sequence",
    about: "No more messages of the sequence come to the contact.",
  },
  update_deal: {
    title: "Change a deal",
    about: "Changes what you fill in, of the contact's newest open deal or of the one you name.",
  },
  update_order: {
    title: "Change an order",
    about: "Changes the order's status, payment or delivery and, until it is shipped, its products.",
  },
  view_profile: { title: "Tell that the profile was viewed", about: "Other systems hear that a member looked at it." },
};

/** By what the registry says to callers of the API: only what would not be understood on a page. */
export const hints: CatalogueWords["hints"] = {
  "A list, or a text with commas.": "With commas between them.",
  "An id, or `cuid:` and the contact's cuid.": "The contact's number, as its page has it.",
  "ISO 8601 or Unix seconds.": "A date such as 2026-12-31.",
  "Ref or name of a sales plan.": "Choose one of your plans.",
  "Ref or name of a status of the plan.": "One of the plan's statuses.",
  "In the currency's main unit: 1500.5, or a template such as {{ fields.price }}.":
    "Such as 1500.5, or a variable such as {{ fields.price }}.",
  "ISO 4217; absent: the plan's.": "Such as EUR. Empty: as in the plan.",
  "Id of a member.": "One of your team.",
  "Id of a deal; absent: the newest open one of the plan.": "Its number. Empty: the newest open one of the plan.",
  "ISO 8601, with a zone or in the contact's.": "Such as 2026-12-31 18:00, where the contact is.",
  "Absent: the channel the contact is heard on last by then.": "Empty: where the contact wrote last.",
  "Ref or name of the integration; absent: the only one of this kind.": "Empty: the only one that there is.",
  "Absent: the contact's.": "Empty: the contact's own.",
  "Whether it also works while a question waits for an answer; otherwise the question gets the text.":
    "On: the words work even while another flow waits for an answer. Off: the answer goes to that question.",
  "Absent: the contact's. Empty: none is sent.": "As it is: the contact's own. Emptied: none is sent.",
  "Id of a user in amoCRM.": "One of the users in amoCRM.",
  "By the field's id or code in amoCRM.": "Choose the field of amoCRM.",
  "JSON paths into the answer, and the fields that what they find is kept in when it comes.":
    "What of the answer is kept, and where. For those who know JSON paths.",
  "Absent: the contact's name. Where it comes out empty: the contact's cuid.": "Empty: the contact's name.",
  "Id of the pipeline in amoCRM; absent: the main one.": "Empty: the main pipeline.",
  "Id of the status in amoCRM; absent: the pipeline's first.": "Empty: the pipeline's first status.",
  "The button opens this page; absent: it comes back, by an output of its own.":
    "Need not be there. With an address the button opens that page; without one it leads to a step.",
  "Of characters; a shorter answer is no valid one.": "An answer of fewer characters does not count.",
  "Of characters; a longer answer is no valid one.": "An answer of more characters does not count.",
  "RE2; the whole answer need not match, write ^ and $ for that.":
    "A regular expression that the answer has to fit, such as ^[0-9]{5}$ for five digits. Empty: no such rule.",
  "Further tries after a wrong answer.":
    "How often it asks again after a wrong answer. Then the flow goes on at “No valid answer”.",
  "Said after a wrong answer; empty: a sentence for the type of answer, in the language of the question or of the contact.":
    "What it says after a wrong answer. Empty: a sentence of its own, such as “Please send a valid e-mail address.”, in English or Russian, as the question is or the contact reads.",
  "The answer is waited for so long; absent: without an end.":
    "How long it waits. Then the flow goes on at “No answer in time”. Without it, it waits as long as it takes.",
};
