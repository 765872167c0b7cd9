/** The first of the people who write; the seeded contacts have the ids from here on. */
export const firstPerson = 1_000_000;

let updateId = 1;

/** The body of a webhook call: one of the people writes `price`. Every update is a new one. */
export function priceUpdate(people: number): string {
  return updateOf(firstPerson + Math.floor(Math.random() * people), "price");
}

export function updateOf(id: number, text: string): string {
  updateId += 1;
  return JSON.stringify({
    update_id: updateId,
    message: {
      message_id: updateId,
      date: 1_795_216_726,
      from: { id, is_bot: false, first_name: "Ann", language_code: "en" },
      chat: { id, first_name: "Ann", type: "private" },
      text,
    },
  });
}
