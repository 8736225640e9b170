/** Reads `http://…` or `https://…`; null = it is none, or its host cannot be one. */
export function parseHttpUrl(text: string): URL | null {
  const url = /^https?:\/\//i.test(text) ? URL.parse(text) : null;
  return url && isHostname(url.hostname) ? url : null;
}

/** URLs take names that no name server knows, such as `.host` and `a..b`. */
export function isHostname(hostname: string): boolean {
  return hostname !== "" && !/^\.|\.\./.test(hostname);
}
