import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** An answer that waits for its reader has to lose so many bytes within this time. */
export interface ReadingTerms {
  leastBytes: number;
  withinMs: number;
}

/** Ends the connections of those who read so slowly that what they hold would be held for ever. */
export interface SlowReaders {
  watch(answer: ServerResponse): void;
  stop(): void;
}

interface Reading {
  socket: Socket;
  /** How much had been sent at a time of the monotonic clock. */
  bytes: number;
  atMs: number;
}

const LOOKS = 4;

export function createSlowReaders(
  { leastBytes, withinMs }: ReadingTerms,
  onGivenUp: (address: string | undefined) => void,
): SlowReaders {
  const readings = new Set<Reading>();
  const timer = setInterval(look, withinMs / LOOKS);
  timer.unref();

  return {
    watch(answer) {
      const { socket } = answer;
      if (!socket) return;
      const reading = { socket, bytes: sentBytes(socket), atMs: performance.now() };
      readings.add(reading);
      answer.once("close", () => readings.delete(reading));
    },
    stop: () => clearInterval(timer),
  };

  function look(): void {
    const now = performance.now();
    for (const reading of readings) {
      const { socket } = reading;
      const isWaitedFor = socket.writableLength > 0;
      if (isWaitedFor && now - reading.atMs < withinMs) continue;
      const bytes = sentBytes(socket);
      if (isWaitedFor && bytes - reading.bytes < leastBytes) {
        onGivenUp(socket.remoteAddress);
        socket.destroy();
        continue;
      }
      reading.bytes = bytes;
      reading.atMs = now;
    }
  }
}

function sentBytes({ bytesWritten, writableLength }: Socket): number {
  return bytesWritten - writableLength;
}
