/** A page of the settings as it is searched for. */
interface Findable {
  readonly name: string;
  /** What stands in it, in phrases separated by commas. */
  readonly words: string;
}

/** Whether every word that was typed stands in the name or in what is within; `by`: the phrase that fits, where the name does not. Undefined: it does not fit. */
export function findSetting({ name, words }: Findable, search: string): { readonly by?: string } | undefined {
  const wanted = plain(search).split(/\s+/).filter(Boolean);
  const isIn = (text: string) => wanted.every((word) => plain(text).includes(word));
  if (isIn(name)) return {};
  const by = words.split(", ").find(isIn);
  if (by !== undefined) return { by };
  return isIn(`${name} ${words}`) ? {} : undefined;
}

/** Without what people leave out as they type: capitals, the dots of ё. */
const plain = (text: string) => text.toLowerCase().replaceAll("ё", "е");
