/** An agent dials out to the monitor by one WebSocket, in which the monitor calls over HTTP/2. */
export const CONNECT_PATH = "/agent/connect";
/** The prefix of all calls of agents to the monitor. */
export const AGENT_PATHS = "/agent/";
export const SUBPROTOCOL = "poswatch.1";
/** The agent's `posServerId`; its token comes as `Authorization: Bearer`. */
export const POS_SERVER_ID_HEADER = "x-pos-server-id";
/** Random, one for each process of the agent: one that comes back after another has replaced it is on another machine. */
export const INSTANCE_HEADER = "x-agent-instance";
/** The machine as the status report names it. */
export const MACHINE_HEADER = "x-agent-machine";
/** The machine's host name, UTF-8 as base64url. */
export const HOST_HEADER = "x-agent-host";
/** How often the agent pings; the monitor answers. */
export const PING_EVERY_MS = 30_000;
/** A message of the WebSocket carries a few frames of HTTP/2, of 16 KB each. */
export const MAX_MESSAGE_BYTES = 1024 * 1024;

/** Why the monitor closes a WebSocket. */
export const CLOSE_CODES = {
  /** The monitor stops or restarts: come back, but not all at once. */
  restarting: 1012,
  /** There is a newer connection from the same machine. */
  replaced: 4000,
  /** The registry has changed: reconnect soon. */
  changed: 4001,
  /** The agent reads nothing, or has sent nothing for too long. */
  stalled: 4002,
} as const;
