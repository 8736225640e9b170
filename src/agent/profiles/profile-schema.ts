import Type, { type Static } from "typebox";
import {
  CLOSED,
  Globs,
  PatternLists,
  Port,
  ReleaseCommands,
  ServiceName,
  Text,
  ValueSource,
} from "../settings/setting-types.ts";

export const Profile = Type.Object(
  {
    /** How it is chosen in a configuration; the monitor refuses reports with a longer one. */
    name: Type.String({ minLength: 1, maxLength: 64 }),
    /** What it is called for people. */
    title: Text,
    /** Whether it was ever used beside such a POS server. */
    isTried: Type.Boolean(),
    /** The first one that is installed counts; without any the configuration has to name it. */
    service: Type.Object({ names: Type.Array(ServiceName) }, CLOSED),
    /** Those that the service may run under: they decide where its data lie. */
    accounts: Type.Array(Text),
    /** Of those that exist the last written one counts. `{account}` stands for each account, `%NAME%` for a variable. */
    dataFolders: Type.Array(Text),
    /** Where it stands, if it does. */
    crmId: Type.Optional(ValueSource),
    /** Without lists of patterns general phrases are looked for. */
    logs: Type.Object(
      {
        /** In the data folder. */
        folder: Type.String({ maxLength: 4096 }),
        files: Globs,
        ...PatternLists,
        /** The real log that the patterns were read from (`2026-11-28`), and the POS server's version; without it they guess. */
        readFrom: Type.Optional(Type.Object({ date: Text, version: Text }, CLOSED)),
      },
      CLOSED,
    ),
    /** Files in the data folder; what a reset runs when a program still has them open. */
    database: Type.Object({ files: Globs, releaseCommands: Type.Optional(ReleaseCommands) }, CLOSED),
    checks: Type.Object(
      {
        /** Where it answers the tills by HTTP. */
        port: Type.Optional(Port),
        /** The address that its account must have the right to listen at. */
        urlAcl: Type.Optional(Text),
        mainServerPort: Type.Optional(Port),
        /** Of the main server's message queue. */
        amqpPort: Type.Optional(Port),
      },
      CLOSED,
    ),
  },
  CLOSED,
);
export type Profile = Static<typeof Profile>;
