import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** Of a waiting answer so many bytes have to be read within this time. */
export interface ReadingTerms {
  leastBytes: number;
  withinMs: number;
}

const CHECKS = 4;

/** Ends connections whose readers are so slow that they would hold memory for ever. */
export function createSlowReaders(
  { leastBytes, withinMs }: ReadingTerms,
  onGivenUp: (address: string | undefined) => void,
) {
  /** How much had been sent, at a time of the monotonic clock. */
  const readings = new Map<Socket, { bytes: number; atMs: number }>();
  const timer = setInterval(check, withinMs / CHECKS);
  timer.unref();

  return {
    /** Watches the connection of an answer until it ends, also when it becomes a WebSocket. */
    watch({ socket }: ServerResponse) {
      if (!socket) return;
      if (!readings.has(socket)) socket.on("close", forget);
      readings.set(socket, { bytes: sentBytes(socket), atMs: performance.now() });
    },
    stop: () => clearInterval(timer),
  };

  function forget(this: Socket): void {
    readings.delete(this);
  }

  function check(): void {
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
