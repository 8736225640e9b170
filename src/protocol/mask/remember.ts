const MAX_REMEMBERED = 2_000;

/** Remembers results by text, as logs repeat their words; starts anew when there are too many. */
export function remember<Result>(compute: (text: string) => Result): (text: string) => Result {
  const known = new Map<string, Result>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    if (known.size >= MAX_REMEMBERED) known.clear();
    const result = compute(text);
    known.set(text, result);
    return result;
  };
}
