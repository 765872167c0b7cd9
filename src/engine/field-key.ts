/** How Russian letters are written in Latin ones in most people's addresses and file names. */
const cyrillic: Readonly<Record<string, string>> = {
  а: "a",
  б: "b",
  в: "v",
  г: "g",
  д: "d",
  е: "e",
  ё: "e",
  ж: "zh",
  з: "z",
  и: "i",
  й: "y",
  к: "k",
  л: "l",
  м: "m",
  н: "n",
  о: "o",
  п: "p",
  р: "r",
  с: "s",
  т: "t",
  у: "u",
  ф: "f",
  х: "kh",
  ц: "ts",
  ч: "ch",
  ш: "sh",
  щ: "sch",
  ъ: "",
  ы: "y",
  ь: "",
  э: "e",
  ю: "yu",
  я: "ya",
};
const longest = 60;

/** A key made of a name, for whoever does not care what it is: "Home town" becomes `home_town`, "Город" `gorod`. Empty where the name has nothing that a key may have. */
export function toKey(name: string): string {
  return cut(toWords(name).replace(/^[^a-z]+/, ""));
}

/** The key of a new field or variable for which somebody gave a name alone; never empty. Where it is taken, a number follows. */
export function createFieldKey(name: string, taken: ReadonlySet<string>): string {
  const words = toWords(name);
  const plain = cut(/^[a-z]/.test(words) ? words : `field_${words}`);
  for (let number = 1; ; number += 1) {
    const ending = number === 1 ? "" : `_${number}`;
    const key = `${plain.slice(0, longest - ending.length)}${ending}`;
    if (!taken.has(key)) return key;
  }
}

function toWords(name: string): string {
  const latin = [...name.toLowerCase()].map((letter) => cyrillic[letter] ?? letter).join("");
  return latin
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "");
}

const cut = (words: string) => words.slice(0, longest).replace(/_+$/, "");
