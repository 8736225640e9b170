import { join } from "node:path";
import Type, { type Static } from "typebox";
import { Compile } from "typebox/compile";
import { Value } from "typebox/value";
import { Sha256 } from "../../protocol/field-types.ts";
import { DEFAULT_PROFILE, type Profile } from "../profiles/profile.ts";
import {
  CLOSED,
  CommandLine,
  explainErrors,
  Globs,
  PatternLists,
  Port,
  ReleaseCommands,
  ServiceName,
  Text,
  ValueSource,
} from "../settings/setting-types.ts";
import { configTexts } from "../texts/config-texts.ts";

/** With defaults of its own. */
const FILLED = { ...CLOSED, default: {} } as const;

const Service = Type.Object(
  {
    names: Type.Optional(Type.Array(ServiceName, { minItems: 1 })),
    control: Type.Enum(["windows", "systemd", "commands"], {
      default: process.platform === "win32" ? "windows" : "systemd",
    }),
    /** The monitor does not wait longer. */
    timeoutMs: Type.Integer({ minimum: 100, maximum: 3_000, default: 3_000 }),
    stopTimeoutMs: Type.Integer({ minimum: 100, maximum: 600_000, default: 90_000 }),
    startTimeoutMs: Type.Integer({ minimum: 100, maximum: 600_000, default: 90_000 }),
    commands: Type.Optional(
      Type.Object(
        { status: CommandLine, start: Type.Optional(CommandLine), stop: Type.Optional(CommandLine) },
        CLOSED,
      ),
    ),
  },
  FILLED,
);

const Logs = Type.Object(
  {
    directory: Type.Optional(Text),
    files: Type.Optional(Globs),
    encoding: Type.Enum(["auto", "utf-8", "windows-1251"], { default: "auto" }),
    ...PatternLists,
    maxBytesPerSecond: Type.Optional(Type.Integer({ minimum: 4 * 1024 })),
  },
  FILLED,
);

const Database = Type.Object(
  {
    directory: Type.Optional(Text),
    files: Type.Optional(Globs),
    quarantineDays: Type.Integer({ minimum: 1, maximum: 3650, default: 14 }),
    releaseTimeoutMs: Type.Integer({ minimum: 0, maximum: 3_600_000, default: 90_000 }),
    releaseCommands: Type.Optional(ReleaseCommands),
  },
  FILLED,
);

const Checks = Type.Object(
  {
    port: Type.Optional(Port),
    urlAcl: Type.Optional(Text),
    mainServer: Type.Optional(Type.String({ pattern: "^(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9._-]+)$" })),
    mainServerPort: Type.Optional(Port),
    amqpPort: Type.Optional(Port),
    everySeconds: Type.Integer({ minimum: 10, maximum: 3_600, default: 60 }),
  },
  FILLED,
);

const DialOut = Type.Object(
  {
    monitor: Type.Optional(Text),
    pins: Type.Optional(Type.Array(Sha256, { minItems: 1 })),
    proxy: Type.Optional(Text),
  },
  CLOSED,
);

/** The agent's configuration file; its README says what each setting means. */
export const AgentConfigFile = Type.Object(
  {
    host: Type.String({ minLength: 1, default: "0.0.0.0" }),
    /** 0 = any free port. */
    port: Type.Optional(Type.Integer({ minimum: 0, maximum: 65_535 })),
    pathPrefix: Type.String({ pattern: "^(/[A-Za-z0-9._~-]+)*$", default: "" }),
    publicAddress: Type.Optional(
      Type.String({ pattern: "^(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9._-]+)(:\\d{1,5})?$" }),
    ),
    stateDirectory: Type.String({
      minLength: 1,
      default:
        process.platform === "win32"
          ? join(process.env.ProgramData ?? "C:\\ProgramData", "Poswatch")
          : "/var/lib/poswatch-agent",
    }),
    profile: Type.String({ minLength: 1, default: DEFAULT_PROFILE }),
    dataDirectory: Type.Optional(Text),
    utcOffsetMinutes: Type.Optional(Type.Integer({ minimum: -18 * 60, maximum: 18 * 60 })),
    crmId: Type.Optional(ValueSource),
    version: Type.Optional(ValueSource),
    dialOut: Type.Optional(DialOut),
    service: Service,
    logs: Logs,
    database: Database,
    checks: Checks,
  },
  CLOSED,
);
export type AgentConfigFile = Static<typeof AgentConfigFile>;
const validator = Compile(AgentConfigFile);

/** @returns the content with all defaults, or each problem in Russian, with its path. */
export function readConfigFile(content: unknown): AgentConfigFile | { problems: string[] } {
  const filled = Value.Default(AgentConfigFile, structuredClone(content));
  return validator.Check(filled) ? filled : { problems: explainErrors(filled, validator.Errors(filled)) };
}

/** `start` and `stop` may be missing. */
export type ServiceCommands = NonNullable<AgentConfigFile["service"]["commands"]>;

export type ServiceControlConfig = { names: string[]; timeoutMs: number } & (
  | { control: "windows" | "systemd" }
  | { control: "commands"; commands: ServiceCommands }
);

export type ServiceConfig = ServiceControlConfig & { stopTimeoutMs: number; startTimeoutMs: number };

/** @param profileNames the service's names when the configuration has none. */
export function parseServiceConfig(
  service: AgentConfigFile["service"],
  profileNames: string[],
  problems: string[],
): ServiceConfig {
  const { control, commands, timeoutMs, stopTimeoutMs, startTimeoutMs } = service;
  const common = { names: service.names ?? profileNames, timeoutMs, stopTimeoutMs, startTimeoutMs };
  if (common.names.length === 0)
    problems.push(configTexts.problem("/service/names", configTexts.serviceNamesMissing));
  if (control !== "commands") return { ...common, control };
  if (!commands) {
    problems.push(configTexts.problem("/service/commands", configTexts.serviceCommandsMissing));
    return { ...common, control: "systemd" };
  }
  return { ...common, control, commands };
}

/** null = not configured. */
export type ChecksConfig = ReturnType<typeof parseChecksConfig>;

export function parseChecksConfig(file: AgentConfigFile["checks"], profile: Profile["checks"]) {
  const host = file.mainServer?.replace(/^\[|\]$/g, "");
  return {
    port: file.port ?? profile.port ?? null,
    urlAcl: file.urlAcl ?? profile.urlAcl ?? null,
    mainServer: host
      ? {
          host,
          port: file.mainServerPort ?? profile.mainServerPort ?? null,
          amqpPort: file.amqpPort ?? profile.amqpPort ?? null,
        }
      : null,
    everyMs: file.everySeconds * 1000,
  };
}
