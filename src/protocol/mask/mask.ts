import { maskEncoded } from "./encoded.ts";
import { maskFields } from "./fields.ts";
import { maskForms } from "./forms.ts";
import { MASK } from "./masked.ts";
import { maskPeople } from "./people.ts";

/** Longer than any number or word that is masked, with its gaps. */
const ROOM_FOR_VALUE = 64;
/** At the end of a cut text: half a number could be any phone or card, half an address an e-mail. */
const HALVED = /(?:[\d\s()+*-]{1,40}|[^\s"'<>,;]{0,64}@[^\s"'<>,;]{0,64})$/;

/**
 * A text as it may leave a restaurant: nothing of a guest, and no secret. First come fields by their names, then what shows by
 * its form, then names of people. Times, codes, names of programs, addresses of servers and ids stay; line breaks too.
 * Masking twice changes nothing. @param known secrets to hide wherever they stand.
 */
export function mask(text: string, known: readonly string[] = []): string {
  const withoutKnown = known.reduce((rest, secret) => rest.replaceAll(secret, MASK), text);
  return maskEncoded(maskPlain(withoutKnown), maskPlain);
}

function maskPlain(text: string): string {
  return maskPeople(maskForms(maskFields(text)));
}

/** The start of a masked text, safe at the cut; takes time in proportion to `maxLength`. */
export function maskStart(text: string, maxLength: number): string {
  return mask(cutText(text, maxLength + ROOM_FOR_VALUE)).slice(0, maxLength);
}

/** Cuts a text that is still to be masked, without half a number or e-mail at its end. */
export function cutText(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : withoutHalf(text.slice(0, maxLength));
}

/** Drops such a half from the end of a text that was cut. */
export function withoutHalf(text: string): string {
  return text.replace(HALVED, "");
}
