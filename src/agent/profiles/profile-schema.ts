import Type, { type Static } from "typebox";
import {
  Globs,
  PatternLists,
  Port,
  ReleaseCommands,
  ServiceName,
  Text,
  ValueSource,
} from "../settings/setting-types.ts";

/** The monitor refuses reports whose profile name is longer. */
const MAX_NAME_LENGTH = 64;

export const Profile = Type.Object(
  {
    name: Type.String({
      minLength: 1,
      maxLength: MAX_NAME_LENGTH,
      description: "How it is chosen in a configuration.",
    }),
    title: Text("What it is called for people."),
    isTried: Type.Boolean({ description: "Whether it was ever used beside such a POS server." }),
    service: Type.Object(
      {
        names: Type.Array(ServiceName, {
          description:
            "The first one that is installed counts; without any the configuration has to name it.",
        }),
      },
      { additionalProperties: false },
    ),
    accounts: Type.Array(Text("An account."), {
      description: "Accounts that the service may run under: they decide where its data lie.",
    }),
    dataFolders: Type.Array(Text("A folder; `{account}` stands for each account, `%NAME%` for a variable."), {
      description: "Where the data may lie: of those that exist the one that was last written into counts.",
    }),
    crmId: Type.Optional(ValueSource("Where CrmId stands, if it does.")),
    logs: Type.Object(
      {
        folder: Type.String({ maxLength: 4096, description: "Of the logs, in the data folder." }),
        files: Globs("Which files in it are logs."),
        ...PatternLists,
        readFrom: Type.Optional(
          Type.Object(
            { date: Text("Of the log: `2026-11-28`."), version: Text("Of the POS server that wrote it.") },
            {
              additionalProperties: false,
              description:
                "The real log that the patterns were read from; without it what they find is a guess.",
            },
          ),
        ),
      },
      {
        additionalProperties: false,
        description: "Without lists of patterns general phrases are looked for.",
      },
    ),
    database: Type.Object(
      {
        files: Globs("Which files in the data folder are the database."),
        releaseCommands: Type.Optional(
          ReleaseCommands(
            "Run in a reset when a program still has the database open; the program may be a glob.",
          ),
        ),
      },
      { additionalProperties: false },
    ),
    checks: Type.Object(
      {
        port: Type.Optional(Port("Where it answers the tills by HTTP.")),
        urlAcl: Type.Optional(Text("The address that its account must have the right to listen at.")),
        mainServerPort: Type.Optional(Port("Of its main server.")),
        amqpPort: Type.Optional(Port("Of the main server’s message queue.")),
      },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
);
export type Profile = Static<typeof Profile>;
