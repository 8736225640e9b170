import type { Viewer } from "../viewer/viewer.ts";

const MIN_DIGITS = 3;
const MAX_DIGITS = 15;
const MAX_LENGTH = 60;
const NUMBER = /^\+?[\d ().-]+$/;
/** Behind a number: a comma, a hash, or a short word. */
const EXTENSION = /^(.*?) ?[,;]? ?(?:,|#|\p{L}{1,4}\.?) ?(\d{1,6})$/u;
const DASHES = /[‐‑‒–—−]/g;

/** Reads a telephone number as people write it; null when nobody can call it. `url` is what a phone dials. */
export function readPhone(text: string): { text: string; url: string } | null {
  const written = text.replace(/\s+/g, " ").replace(DASHES, "-").trim();
  if (written.length > MAX_LENGTH) return null;
  const [, number = written, extension = ""] = EXTENSION.exec(written) ?? [];
  const digits = number.replace(/\D/g, "");
  const isRight = NUMBER.test(number) && digits.length >= MIN_DIGITS && digits.length <= MAX_DIGITS;
  if (!isRight) return null;
  const plus = number.startsWith("+") ? "+" : "";
  return { text: written, url: `tel:${plus}${digits}${extension && `,${extension}`}` };
}

/** What calls the restaurant; null while nobody has noted its number. */
export function callOf(
  { t }: Pick<Viewer, "t">,
  note: { phone: string | null; person: string | null } | null,
) {
  const phone = note?.phone ? readPhone(note.phone) : null;
  const name = note?.person;
  return (
    phone && {
      url: phone.url,
      text: name ? t("restaurantNote.callPerson", { name }) : t("restaurantNote.callThere"),
      number: phone.text,
    }
  );
}
