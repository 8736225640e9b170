/** As whom a bot is called, and by which way; nobody is shown it again. */
export interface BotSecrets {
  token: string;
  /** `http://…`, `https://…` or `socks5://…`, with login and password if it wants them; empty = none. */
  proxy: string;
}

/** Makes what takes the token, and the password of the proxy, out of a text, in any of their spellings. */
export function hideSecrets({ token, proxy }: BotSecrets): (text: string) => string {
  const hidden = [token, ...passwordsOf(proxy)]
    .flatMap((secret) => [secret, encodeURIComponent(secret)])
    .sort((one, other) => other.length - one.length);
  return (text) => hidden.reduce((rest, secret) => rest.replaceAll(secret, "…"), text);
}

function passwordsOf(proxy: string): string[] {
  const { username = "", password = "" } = URL.parse(proxy) ?? {};
  if (password === "") return [];
  const plain = decoded(password);
  return [password, plain, Buffer.from(`${decoded(username)}:${plain}`).toString("base64")];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // it is no encoding
  }
}
