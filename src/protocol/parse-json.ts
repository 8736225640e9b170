/** Reads JSON that somebody else has written. @returns undefined, which no JSON is, when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
