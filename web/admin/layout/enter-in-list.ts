/**
 * Enter in a field with a list takes what the list offers, or what is typed; it never sends the form that the field stands in: whoever chooses a tag has not finished the broadcast.
 * Mantine leaves Enter to the browser where nothing in the list is highlighted, and the browser sends the form. Returns the function that ends it.
 */
export function keepEnterInLists(page: Document): () => void {
  const heard = (event: KeyboardEvent) => {
    const isInList =
      event.target instanceof HTMLInputElement && event.target.getAttribute("aria-haspopup") === "listbox";
    if (event.key === "Enter" && isInList) event.preventDefault();
  };
  page.addEventListener("keydown", heard);
  return () => page.removeEventListener("keydown", heard);
}
