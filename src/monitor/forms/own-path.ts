/** Whatever a header cannot hold no address of this site has: browsers send it encoded. */
const OWN_PATH = /^\/(?![/\\])[!-[\]-~]*$/;

/** A path of this site, or `/pos-servers`: `//host` and `/\host` are addresses elsewhere for a browser. */
export function ownPath(text: unknown): string {
  return typeof text === "string" && OWN_PATH.test(text) ? text : "/pos-servers";
}
