/** An address of a page that stands in a text. */
export interface TextLink {
  readonly url: string;
  /** Where in the text it begins. */
  readonly index: number;
}

/** The pages that a text names, in their order; a full stop or a bracket behind an address is the sentence's. */
export function findTextLinks(text: string): TextLink[] {
  return [...text.matchAll(/https?:\/\/[^\s<>"]+/g)].flatMap(({ 0: found, index }) => {
    const url = found.replace(/[.,;:!?)\]'»]+$/, "");
    return URL.canParse(url) ? [{ url, index }] : [];
  });
}
