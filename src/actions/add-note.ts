import { z } from "zod";
import { defineAction, ok, refuse } from "../engine/action-type.ts";
import { say } from "../model/sentence.ts";

export const addNote = defineAction({
  name: "add_note",
  title: "Add a note",
  group: "contact",
  description: "Writes a note on the contact's card, for agents. Text is a template.",
  args: z.object({ text: z.string().min(1).max(10_000) }),
  example: { text: "Asked for a call" },
  apply(context, { text }) {
    const note = context.render(text).trim();
    if (note === "") return refuse("note.empty", say`the note is empty`);
    context.addNote(note);
    return ok();
  },
});
