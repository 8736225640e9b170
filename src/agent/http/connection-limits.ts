import type { Server } from "node:https";
import type { Socket } from "node:net";

export interface ConnectionLimits {
  maxConnections: number;
  maxByAddress: number;
  /** How long a connection may take until its first call with the right token. */
  untrustedMs: number;
}

/** Keeps whoever has no token from taking the places of whoever has one. */
export interface ConnectionGuard {
  /** To be told of each call with the right token: its connection stays. */
  trust(socket: Socket): void;
}

interface Connection {
  socket: Socket;
  address: string;
  isTrusted: boolean;
}

/**
 * Limits the connections of a server, in all and by address. A new one takes the place of the oldest that has shown no
 * token; where all have shown theirs, it is refused.
 */
export function guardConnections(server: Server, limits: ConnectionLimits): ConnectionGuard {
  const connections = new Map<string, Connection>();

  server.on("connection", (socket: Socket) => {
    const address = socket.remoteAddress ?? "";
    const ofAddress = [...connections.values()].filter((other) => other.address === address);
    const isAllowed =
      makeRoom(ofAddress, limits.maxByAddress) && makeRoom([...connections.values()], limits.maxConnections);
    if (!isAllowed) {
      socket.destroy();
      return;
    }
    const connection: Connection = { socket, address, isTrusted: false };
    const key = keyOf(socket);
    const deadline = setTimeout(() => {
      if (!connection.isTrusted) socket.destroy();
    }, limits.untrustedMs);
    connections.set(key, connection);
    socket.once("close", () => {
      clearTimeout(deadline);
      if (connections.get(key) === connection) connections.delete(key);
    });
  });

  function makeRoom(present: Connection[], maximum: number): boolean {
    if (present.length < maximum) return true;
    const oldest = present.find(({ isTrusted }) => !isTrusted);
    if (!oldest) return false;
    oldest.socket.destroy();
    connections.delete(keyOf(oldest.socket));
    return true;
  }

  return {
    trust(socket) {
      const connection = connections.get(keyOf(socket));
      if (connection) connection.isTrusted = true;
    },
  };
}

/** The same for a TLS socket and the one below it. */
function keyOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
