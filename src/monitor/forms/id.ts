/** A route whose address names one thing by its id, as text. */
export interface WithId {
  Params: { id: string };
}

const ID = /^[1-9]\d{0,14}$/;

/** Reads the id of an address such as `/pos-servers/7`; null when it can be none. */
export function readId(text: string): number | null {
  return ID.test(text) ? Number(text) : null;
}
