import Type, { type Static } from "typebox";
import { Compile } from "typebox/compile";
import { Value } from "typebox/value";

const Text = (description: string) => Type.String({ minLength: 1, maxLength: 4096, description });
const Patterns = (description: string) =>
  Type.Optional(Type.Array(Text("A regular expression; letter case does not matter."), { description }));
const Globs = (description: string, fallback: readonly string[]) =>
  Type.Array(Text("A glob; `**/` stands for any depth of subfolders."), {
    description,
    minItems: 1,
    default: [...fallback],
  });
const CommandLine = (description: string) =>
  Type.Array(Type.String({ maxLength: 4096 }), {
    description: `${description} A program and its arguments; no shell is involved.`,
    minItems: 1,
  });
const hasOneSource = (source: Partial<Record<"value" | "file" | "command", unknown>>) =>
  [source.value, source.file, source.command].filter((given) => given !== undefined).length === 1;

const ValueSource = (description: string) =>
  Type.Refine(
    Type.Object(
      {
        value: Type.Optional(Text("The value itself.")),
        file: Type.Optional(Text("A text file that contains the value, relative to the configuration file.")),
        command: Type.Optional(CommandLine("Prints the value.")),
        pattern: Type.Optional(
          Text("Finds the value in the file or output: its first group. Without it: the first line."),
        ),
      },
      { additionalProperties: false, description },
    ),
    hasOneSource,
    () => "must have exactly one of value, file, command",
  );

const ServiceCommands = Type.Object(
  {
    status: CommandLine("Prints the state of the service."),
    patterns: Type.Object(
      {
        running: Type.String({ default: "^\\s*running\\b" }),
        stopped: Type.String({ default: "^\\s*stopped\\b" }),
        starting: Type.String({ default: "^\\s*starting\\b" }),
        stopping: Type.String({ default: "^\\s*stopping\\b" }),
        not_installed: Type.String({ default: "^\\s*not_installed\\b" }),
        startedAt: Type.String({ default: "since\\s+(\\S+)" }),
      },
      {
        additionalProperties: false,
        default: {},
        description:
          "What the output of `status` looks like in each state; the first group of `startedAt` is an ISO 8601 time.",
      },
    ),
    start: Type.Optional(CommandLine("Starts the service.")),
    stop: Type.Optional(CommandLine("Stops the service.")),
  },
  { additionalProperties: false },
);

const Service = Type.Object(
  {
    names: Type.Array(Type.String({ pattern: "^[^\\s\\-/\\\\][^/\\\\]{0,255}$" }), {
      minItems: 1,
      default: ["iikoCard5POS", "iikoCardPOS"],
      description: "Names the service may have; the first one that is installed counts.",
    }),
    control: Type.Enum(["windows", "systemd", "commands"], {
      default: process.platform === "win32" ? "windows" : "systemd",
      description: "How the service is asked: sc.exe, systemctl, or `commands`.",
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
    directory: Type.Optional(Text("Folder of the logs. Default: `Logs` in the data folder.")),
    files: Globs("Which files in it are logs.", ["**/*.log", "**/*.log.*", "**/*.txt"]),
    encoding: Type.Enum(["auto", "utf-8", "windows-1251"], {
      default: "auto",
      description: "`auto` recognizes UTF-8, UTF-16 with a byte order mark and Windows-1251.",
    }),
    timestamp: Type.Optional(
      Text(
        "The time at the start of a line: groups year, month, day, hour, minute, second and, if present, millisecond.",
      ),
    ),
    attempted: Patterns("Lines that say that an exchange began."),
    succeeded: Patterns("Lines that say that an exchange succeeded."),
    failed: Patterns(
      "Lines that say that an exchange failed; the group `message` is the error. Tried before the others.",
    ),
    excluded: Patterns("What says nothing: a line must match without it too."),
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
    files: Globs("Which files in it are the database.", ["*.mdf", "*.ldf", "*.sdf", "*.db*"]),
    quarantineDays: Type.Integer({
      minimum: 1,
      maximum: 3650,
      default: 14,
      description: "How long a database that was reset is kept. The newest one is never removed.",
    }),
  },
  { additionalProperties: false, default: {} },
);

/** The agent's configuration file; every field but `crmId` has a default on a POS server with Windows. */
export const AgentConfigFile = Type.Object(
  {
    host: Type.String({ minLength: 1, default: "0.0.0.0", description: "Address to listen on." }),
    port: Type.Integer({ minimum: 0, maximum: 65_535, default: 8443, description: "0 = any free port." }),
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
      default: process.platform === "win32" ? "C:\\ProgramData\\Poswatch" : "/var/lib/poswatch-agent",
      description: "Folder of the agent's identity. Each agent needs its own.",
    }),
    dataDirectory: Type.Optional(
      Text("Data folder of the POS server. Default: the known folders of Windows, the first that exists."),
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
    service: Service,
    logs: Logs,
    database: Database,
  },
  { additionalProperties: false },
);
export type AgentConfigFile = Static<typeof AgentConfigFile>;
export type ValueSourceFile = NonNullable<AgentConfigFile["version"]>;

const validator = Compile(AgentConfigFile);

/** A copy of the content of a configuration file with the defaults of what it leaves out. */
export function fillConfigFile(content: unknown): unknown {
  return Value.Default(AgentConfigFile, structuredClone(content));
}

/** Narrows a filled configuration to a valid one. */
export function isConfigFile(content: unknown): content is AgentConfigFile {
  return validator.Check(content);
}

/** Tells every problem of a filled configuration, each with its path. */
export function explainInvalidConfigFile(content: unknown): string[] {
  const explain = ({
    keyword,
    instancePath,
    message,
  }: {
    keyword: string;
    instancePath: string;
    message: string;
  }) =>
    keyword === "boolean" ? `${instancePath} is not a known setting` : `${instancePath || "/"} ${message}`;
  return validator
    .Errors(content)
    .filter((error) => error.keyword !== "additionalProperties")
    .map(explain);
}
