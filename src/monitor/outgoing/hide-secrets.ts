export type Hide = (text: string) => string;

/** Shorter parts of an address are no secrets. */
const SHORTEST_PART = 8;
const BASE64_RUN = /([A-Za-z0-9+/]{4,})=*/g;

/** Hides secrets as they are, encoded for URLs, and in base64, whole or in part. */
export function hideSecrets(secrets: readonly string[]): Hide {
  const spellings = secrets.flatMap((secret) => [secret, encodeURIComponent(secret), decoded(secret)]);
  const hidden = [...new Set(spellings)]
    .filter((spelling) => spelling.length > 1)
    .sort((one, other) => other.length - one.length);
  const inBase64 = hidden.map((secret) => Buffer.from(secret).toString("base64").replace(/=+$/, ""));
  const isSecret = (run: string) =>
    inBase64.some((encoded) => {
      if (Math.min(run.length, encoded.length) < SHORTEST_PART) return run === encoded;
      return encoded.includes(run) || run.includes(encoded);
    });
  return (text) =>
    hidden
      .reduce((rest, secret) => rest.replaceAll(secret, "…"), text)
      .replace(BASE64_RUN, (whole, run: string) => (isSecret(run) ? "…" : whole));
}

/** The secrets of an address that anybody who knows it can write to: path, query and password. */
export function secretsOfUrl(url: string): string[] {
  const parsed = URL.parse(url);
  if (!parsed) return [url];
  const { href, pathname, search, searchParams, username, password } = parsed;
  const parts = [...pathname.split("/"), ...searchParams.values(), username];
  const long = parts.filter((part) => part.length >= SHORTEST_PART);
  return [href, pathname + search, search, pathname, password, ...long];
}

/** The password of a proxy, also with its login. @param proxy empty = none. */
export function secretsOfProxy(proxy: string): string[] {
  const { username = "", password = "" } = URL.parse(proxy) ?? {};
  return password === "" ? [] : [password, `${decoded(username)}:${decoded(password)}`];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // it is not encoded
  }
}
