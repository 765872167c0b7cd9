/** Colours that can be read on each other, whatever accent somebody chose. Contrast as in WCAG 2.2, 1.4.3. */

const white = "#ffffff";
const black = "#000000";
const enough = 4.5;

/** White where it can be read on the colour, else black: one of the two always can. */
export function readableOn(colour: string): string {
  return contrast(colour, white) >= enough ? white : black;
}

/** The colour itself where it can be read on the ground, else undefined. */
export function readableAs(colour: string, ground: string): string | undefined {
  return contrast(colour, ground) >= enough ? colour : undefined;
}

/** From 1 to 21. Colours are `#rrggbb`. */
export function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((place) => {
    const part = Number.parseInt(colour.slice(place, place + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
