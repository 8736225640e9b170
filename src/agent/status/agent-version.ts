import program from "../../../package.json" with { type: "json" };

/** The agent and the monitor are released together. */
export const AGENT_VERSION = program.version;
