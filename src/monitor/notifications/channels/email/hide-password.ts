/** Takes something out of a text. */
export type Hide = (text: string) => string;

const BASE64_RUN = /([A-Za-z0-9+/]{4,})=*/g;

/** Makes what takes a password out of what a server said, as it is, and as it was sent, whole or in part. */
export function hidePassword(login: string, password: string): Hide {
  if (password === "") return (text) => text;
  const sent = [password, `\0${login}\0${password}`]
    .map((secret) => Buffer.from(secret).toString("base64").replace(/=+$/, ""))
    .filter((encoded) => encoded.length >= 4);
  const isSent = (run: string) => sent.some((encoded) => encoded.includes(run) || run.includes(encoded));
  return (text) =>
    text.replaceAll(password, "…").replace(BASE64_RUN, (whole, run: string) => (isSent(run) ? "…" : whole));
}
