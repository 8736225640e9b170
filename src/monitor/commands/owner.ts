import type { Actor } from "../audit-log/record-event.ts";

/** Who acts at the command line: whoever owns the machine. */
export const OWNER: Actor = { userId: null, login: "cli", name: null, address: "cli" };
