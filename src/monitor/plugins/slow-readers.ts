import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** An answer that waits for its reader has to lose so many bytes within this time. */
export interface ReadingTerms {
  leastBytes: number;
  withinMs: number;
}

/** Ends the connections of those who read so slowly that what they hold would be held for ever. */
export interface SlowReaders {
  /** To be told of each answer; its connection is watched until it ends, also when it becomes a WebSocket. */
  watch(answer: ServerResponse): void;
  stop(): void;
}

interface Reading {
  /** How much had been sent at a time of the monotonic clock. */
  bytes: number;
  atMs: number;
}

const LOOKS = 4;

export function createSlowReaders(
  { leastBytes, withinMs }: ReadingTerms,
  onGivenUp: (address: string | undefined) => void,
): SlowReaders {
  const readings = new Map<Socket, Reading>();
  const timer = setInterval(look, withinMs / LOOKS);
  timer.unref();

  return {
    watch({ socket }) {
      if (!socket) return;
      if (!readings.has(socket)) socket.on("close", forget);
      readings.set(socket, { bytes: sentBytes(socket), atMs: performance.now() });
    },
    stop: () => clearInterval(timer),
  };

  function forget(this: Socket): void {
    readings.delete(this);
  }

  function look(): void {
    const now = performance.now();
    for (const [socket, reading] of readings) {
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
