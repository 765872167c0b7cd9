/** Text as conditions compare it: without the space around it and without regard to case. */
export function foldText(text: string): string {
  return text.trim().toLowerCase();
}
