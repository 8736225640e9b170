/** Parses `http://…` or `https://…`; null when malformed, or when the host name is invalid. */
export function parseHttpUrl(text: string): URL | null {
  const url = /^https?:\/\//i.test(text) ? URL.parse(text) : null;
  return url && isHostname(url.hostname) ? url : null;
}

/** Rejects empty labels (`.host`, `a..b`), which the URL parser accepts. */
export function isHostname(hostname: string): boolean {
  return hostname !== "" && !/^\.|\.\./.test(hostname);
}
