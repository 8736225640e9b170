import { PassThrough, Transform } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";

const PIECES_PER_SECOND = 20;

/** Makes a stream that hands on what it is given, together with all others of its pace no faster than that. */
export type Pace = () => Transform;

/** A pace that streams share, so that neither one nor their sum is faster in any second; null = as fast as it goes. */
export function createPace(bytesPerSecond: number | null): Pace {
  if (bytesPerSecond === null) return () => new PassThrough();
  // A second can hold one piece more than its share, so the share is that much smaller.
  const pieceBytes = Math.floor(bytesPerSecond / (PIECES_PER_SECOND + 1));
  const bytesPerMs = (pieceBytes * PIECES_PER_SECOND) / 1000;
  let freeAt = 0;

  async function waitForTurn(bytes: number): Promise<void> {
    const now = performance.now();
    const turnAt = Math.max(now, freeAt);
    freeAt = turnAt + bytes / bytesPerMs;
    if (turnAt > now) await delay(turnAt - now);
  }

  async function handOn(stream: Transform, chunk: Buffer): Promise<void> {
    for (let start = 0; start < chunk.length && !stream.destroyed; start += pieceBytes) {
      const piece = chunk.subarray(start, start + pieceBytes);
      await waitForTurn(piece.length);
      stream.push(piece);
    }
  }

  return () => {
    const stream = new Transform({
      transform: (chunk, _encoding, done) => void handOn(stream, chunk).then(() => done(), done),
    });
    return stream;
  };
}
