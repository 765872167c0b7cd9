import { setUpRepartee } from "../repartee.ts";
import { people } from "./chat.ts";
import type { Peer } from "./peer.ts";

/** A flow as a marketer draws it: a keyword, a tag, a counter, an answer that says what was asked. */
const flow = {
  name: "Prices",
  triggers: [{ kind: "keyword", match: "contains", words: ["price "], interrupts: true }],
  start: "remember",
  steps: [
    {
      ref: "remember",
      kind: "action",
      config: {
        actions: [
          { action: "add_tag", args: { tag: "asked" } },
          { action: "set_field", args: { field: "asked", value: "{{ fields.asked | default: 0 | plus: 1 }}" } },
        ],
      },
    },
    { ref: "answer", kind: "message", config: { messages: [{ text: "It is 990 for {{ message.text }}" }] } },
  ],
  edges: [{ from: "remember", output: "next", to: "answer" }],
};

const field = { key: "asked", name: "Asked", kind: "number" };

export const repartee: Peer = {
  name: "repartee",
  setUp: "one process, everything in PostgreSQL",
  packageName: "repartee",
  async prepare({ serverUrl, botApi }) {
    const own = await setUpRepartee({ botApi, people, serverUrl, flows: [flow], fields: [field] });
    return {
      target: own.target,
      async start() {
        const subject = await own.start("web,worker");
        return { pids: [subject.pid], stop: subject.stop, kill: subject.kill };
      },
      remove: own.remove,
    };
  },
};
