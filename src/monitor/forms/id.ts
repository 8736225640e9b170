/** A route with one id in its address, as text. */
export interface WithId {
  Params: { id: string };
}

const ID = /^[1-9]\d{0,14}$/;

/** null when it is no id. */
export function readId(text: string): number | null {
  return ID.test(text) ? Number(text) : null;
}
