import type { Server, Socket } from "node:net";

export interface ConnectionLimits {
  maxConnections: number;
  maxByAddress: number;
  /** Whether an address stands for many, as a proxy does: only the total limit applies to it. */
  isShared?: (address: string) => boolean;
  /** An untrusted connection is closed after this time; without it, never. */
  untrustedMs?: number;
}

/** Keeps unknown callers from taking the places of authenticated ones. */
export type ConnectionGuard = ReturnType<typeof guardConnections>;

interface Connection {
  key: string;
  socket: Socket;
  deadline: NodeJS.Timeout | undefined;
  address: string;
  isTrusted: boolean;
  forget: () => void;
}

/** A new connection replaces the oldest untrusted one; if all are trusted, it is refused. */
export function guardConnections(server: Server, limits: ConnectionLimits) {
  const connections = new Map<string, Connection>();

  server.on("connection", (socket: Socket) => {
    const address = socket.remoteAddress ?? "";
    const ofAddress = limits.isShared?.(address)
      ? []
      : [...connections.values()].filter((other) => other.address === address);
    const isAllowed =
      makeRoom(ofAddress, limits.maxByAddress) && makeRoom([...connections.values()], limits.maxConnections);
    if (!isAllowed) {
      socket.destroy();
      return;
    }
    const key = keyOf(socket);
    const forget = () => {
      clearTimeout(connection.deadline);
      if (connections.get(key) === connection) connections.delete(key);
    };
    const connection: Connection = { key, socket, deadline: undefined, address, isTrusted: false, forget };
    if (limits.untrustedMs !== undefined) {
      connection.deadline = setTimeout(() => {
        if (!connection.isTrusted) socket.destroy();
      }, limits.untrustedMs);
    }
    connections.set(key, connection);
    socket.once("close", forget);
  });

  function makeRoom(present: Connection[], maximum: number): boolean {
    if (present.length < maximum) return true;
    const oldest = present.find(({ isTrusted }) => !isTrusted);
    if (!oldest) return false;
    oldest.socket.destroy();
    connections.delete(oldest.key);
    return true;
  }

  return {
    /** Marks the connection of an authenticated call: a new one never replaces it. */
    trust(socket: Socket): void {
      const connection = connections.get(keyOf(socket));
      if (connection) connection.isTrusted = true;
    },
    /** Stops counting a connection that is limited elsewhere from now on. */
    release(socket: Socket): void {
      const connection = connections.get(keyOf(socket));
      if (!connection) return;
      connection.forget();
      connection.socket.off("close", connection.forget);
    },
  };
}

/** Equal for a TLS socket and the TCP socket below it; with the local port, as one caller may use one port for two servers. */
function keyOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}
