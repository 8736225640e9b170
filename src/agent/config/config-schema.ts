import { join } from "node:path";
import Type, { type Static } from "typebox";
import { Compile } from "typebox/compile";
import { Value } from "typebox/value";
import { Sha256 } from "../../protocol/field-types.ts";
import { DEFAULT_PROFILE } from "../profiles/load-profile.ts";
import { explainErrors } from "../settings/explain-errors.ts";
import {
  CommandLine,
  Globs,
  PatternLists,
  Port,
  ReleaseCommands,
  ServiceName,
  Text,
  ValueSource,
} from "../settings/setting-types.ts";

const ServiceCommands = Type.Object(
  {
    status: CommandLine(
      "Prints the state of the service: `running since 2026-11-20T05:00:11Z`, `stopped`, `starting`, `stopping` or `not_installed`.",
    ),
    start: Type.Optional(CommandLine("Starts the service.")),
    stop: Type.Optional(CommandLine("Stops the service.")),
  },
  { additionalProperties: false },
);

const Service = Type.Object(
  {
    names: Type.Optional(
      Type.Array(ServiceName, {
        minItems: 1,
        description:
          "Names the service may have; the first one that is installed counts. Default: the profile's.",
      }),
    ),
    control: Type.Enum(["windows", "systemd", "commands"], {
      default: process.platform === "win32" ? "windows" : "systemd",
      description: "How the service is asked: by the native host, systemctl, or `commands`.",
    }),
    timeoutMs: Type.Integer({
      minimum: 100,
      maximum: 3_000,
      default: 3_000,
      description: "How long one command that asks for its state may take; the monitor does not wait longer.",
    }),
    stopTimeoutMs: Type.Integer({
      minimum: 100,
      maximum: 600_000,
      default: 90_000,
      description: "How long the service may take to stop before a reset gives up.",
    }),
    startTimeoutMs: Type.Integer({
      minimum: 100,
      maximum: 600_000,
      default: 90_000,
      description: "How long the service may take until it runs.",
    }),
    commands: Type.Optional(ServiceCommands),
  },
  { additionalProperties: false, default: {} },
);

const Logs = Type.Object(
  {
    directory: Type.Optional(Text("Folder of the logs. Default: the profile's in the data folder.")),
    files: Type.Optional(Globs("Which files in it are logs. Default: the profile's.")),
    encoding: Type.Enum(["auto", "utf-8", "windows-1251"], {
      default: "auto",
      description: "`auto` recognizes UTF-8, UTF-16 with a byte order mark and Windows-1251.",
    }),
    ...PatternLists,
    maxBytesPerSecond: Type.Optional(
      Type.Integer({
        minimum: 4 * 1024,
        description:
          "How fast archives of logs are sent at most, all together. Default: as fast as the network is.",
      }),
    ),
  },
  { additionalProperties: false, default: {} },
);

const Database = Type.Object(
  {
    directory: Type.Optional(Text("Folder of the database. Default: the data folder.")),
    files: Type.Optional(Globs("Which files in it are the database. Default: the profile's.")),
    quarantineDays: Type.Integer({
      minimum: 1,
      maximum: 3650,
      default: 14,
      description: "How long a database that was reset is kept. The newest one is never removed.",
    }),
    releaseTimeoutMs: Type.Integer({
      minimum: 0,
      maximum: 3_600_000,
      default: 90_000,
      description:
        "How long a reset waits for programs that have the database open after the service stopped.",
    }),
    releaseCommands: Type.Optional(
      ReleaseCommands(
        "Run when one still has after 5 s: full path, perhaps a glob, and arguments. Default: the profile's.",
      ),
    ),
  },
  { additionalProperties: false, default: {} },
);

const Checks = Type.Object(
  {
    port: Type.Optional(Port("Where the POS server answers the tills. Default: the profile's.")),
    urlAcl: Type.Optional(
      Text("Address that its account must have the right to listen at. Default: the profile's."),
    ),
    mainServer: Type.Optional(
      Type.String({
        pattern: "^(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9._-]+)$",
        description: "Name or address of the main server. Without it the way to it is not looked at.",
      }),
    ),
    mainServerPort: Type.Optional(Port("Default: the profile's.")),
    amqpPort: Type.Optional(Port("Of the main server's message queue. Default: the profile's.")),
    everySeconds: Type.Integer({
      minimum: 10,
      maximum: 3_600,
      default: 60,
      description: "How often the agent looks at what an exchange needs.",
    }),
  },
  { additionalProperties: false, default: {} },
);

const DialOut = Type.Object(
  {
    monitor: Type.Optional(
      Text(
        "Address of Poswatch; https:// unless it is on this machine. Default: that of the code the agent was let in by.",
      ),
    ),
    pins: Type.Optional(
      Type.Array(Sha256, {
        minItems: 1,
        description:
          "SHA-256 of the monitor's public key (SPKI); any of them. Default: those of the code, else the system's authorities decide.",
      }),
    ),
    proxy: Type.Optional(
      Text("HTTP proxy, with login and password if need be, or `none`. Default: HTTPS_PROXY and NO_PROXY."),
    ),
  },
  { additionalProperties: false },
);

/** The agent's configuration file; every field but `crmId` has a default on a POS server with Windows. */
export const AgentConfigFile = Type.Object(
  {
    host: Type.String({ minLength: 1, default: "0.0.0.0", description: "Address to listen on." }),
    port: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 65_535,
        description:
          "0 = any free port. Default: 8443, or none where the agent dials out or was let in by a code.",
      }),
    ),
    pathPrefix: Type.String({
      pattern: "^(/[A-Za-z0-9._~-]+)*$",
      default: "",
      description: "Path before `/v1`, such as `/restaurant-7`, for several agents behind one address.",
    }),
    publicAddress: Type.Optional(
      Type.String({
        pattern: "^(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9._-]+)(:\\d{1,5})?$",
        description:
          "host or host:port under which the monitor reaches the agent. Default: this machine's name.",
      }),
    ),
    stateDirectory: Type.String({
      minLength: 1,
      default:
        process.platform === "win32"
          ? join(process.env.ProgramData ?? "C:\\ProgramData", "Poswatch")
          : "/var/lib/poswatch-agent",
      description: "Folder of the agent's identity. Each agent needs its own.",
    }),
    profile: Type.String({
      minLength: 1,
      default: DEFAULT_PROFILE,
      description: "What kind of POS server this is: the name of a profile, or a JSON file with one.",
    }),
    dataDirectory: Type.Optional(
      Text("Data folder of the POS server. Default: of the profile's folders the one last written into."),
    ),
    utcOffsetMinutes: Type.Optional(
      Type.Integer({
        minimum: -18 * 60,
        maximum: 18 * 60,
        description: "Zone of the POS server's clock and logs. Default: the system's zone.",
      }),
    ),
    crmId: Type.Optional(ValueSource("CrmId of the organization that the POS server is bound to.")),
    version: Type.Optional(
      ValueSource("Version of the POS server. Default on Windows: that of the service's program file."),
    ),
    dialOut: Type.Optional(DialOut),
    service: Service,
    logs: Logs,
    database: Database,
    checks: Checks,
  },
  { additionalProperties: false },
);
export type AgentConfigFile = Static<typeof AgentConfigFile>;
const validator = Compile(AgentConfigFile);

export function fillConfigFile(content: unknown): unknown {
  return Value.Default(AgentConfigFile, structuredClone(content));
}

export function isConfigFile(content: unknown): content is AgentConfigFile {
  return validator.Check(content);
}

export function explainInvalidConfigFile(content: unknown): string[] {
  return explainErrors(content, validator.Errors(content));
}
