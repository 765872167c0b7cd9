/**
 * Text that a template renders as it stands. Actions take templates; what a caller gives as a value (a name, a field) is no template,
 * and `{{` in it is two braces.
 */
export function toLiteral(text: string): string {
  return text.replace(/\{([{%])/g, '{{ "{$1" }}');
}
