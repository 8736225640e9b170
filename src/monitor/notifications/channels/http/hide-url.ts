/** Parts of an address that are shorter are words. */
const SHORTEST_TOKEN = 8;

/** Makes what takes path, query and secret out of a text: where webhooks are, is a secret of its own. */
export function hideUrl({ href, pathname, search, searchParams, username, password }: URL, secret: string) {
  const whole = [href, pathname + search, search, pathname, secret, password];
  const tokens = [...pathname.split("/"), ...searchParams.values(), username].filter(
    (part) => part.length >= SHORTEST_TOKEN,
  );
  const hidden = [...whole, ...tokens]
    .flatMap((part) => [part, decoded(part)])
    .filter((part) => part.length > 1)
    .sort((one, other) => other.length - one.length);
  return (text: string): string => hidden.reduce((rest, part) => rest.replaceAll(part, "…"), text);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // it is no encoding
  }
}
