import { setTimeout as delay } from "node:timers/promises";
import { request } from "undici";

const ASK_EVERY_MS = 50;

/** Reads what a browser with this session is answered, to its end, and keeps nothing of it. @returns its size, bytes. */
export async function download(url: string, session: string): Promise<number> {
  const { statusCode, body } = await request(url, { headers: { cookie: `session=${session}` } });
  let bytes = 0;
  for await (const chunk of body) bytes += chunk.length;
  if (statusCode !== 200) throw new Error(`${url} was answered with ${statusCode}`);
  return bytes;
}

/** Asks for a page again and again. @returns a function that ends it and tells how long each answer took, ms. */
export function watchPage(url: string, session: string): () => Promise<number[]> {
  const times: number[] = [];
  const ending = new AbortController();
  const asking = askUntilEnded();

  async function askUntilEnded(): Promise<void> {
    while (!ending.signal.aborted) {
      const askedAt = performance.now();
      await download(url, session);
      times.push(performance.now() - askedAt);
      await delay(ASK_EVERY_MS);
    }
  }

  return async () => {
    ending.abort();
    await asking;
    return times;
  };
}
