/** Only characters that a header can hold; browsers encode all others. */
const OWN_PATH = /^\/(?![/\\])[!-[\]-~]*$/;

/** A path of this site, or else `/pos-servers`. Browsers take `//host` and `/\host` for other sites. */
export function ownPath(text: unknown): string {
  return typeof text === "string" && OWN_PATH.test(text) ? text : "/pos-servers";
}
