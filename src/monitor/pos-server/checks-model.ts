import { CHECK_IDS } from "../../protocol/status-report.ts";
import type { ShownPosServer } from "../fleet/find-pos-server.ts";
import type { PosCheck } from "../fleet/pos-checks.ts";
import { isSilent } from "../fleet/state.ts";
import type { PosServerRow } from "../pos-servers/row-model.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { type CheckPart, type Finding, notKnown } from "./check.ts";
import {
  accountFinding,
  addressFinding,
  foreignFinding,
  mainServerFinding,
  portFinding,
} from "./checked-findings.ts";
import {
  clockFinding,
  connectionFinding,
  databaseFinding,
  diskFinding,
  serviceFinding,
  versionFinding,
} from "./reported-findings.ts";

/** A line of «Проверка обмена». */
export interface Check extends CheckPart {
  id: string;
  name: string;
  note: string | null;
  /** What stands in the place of the text, each with a mark of its own; null = the text does. */
  parts: CheckPart[] | null;
}

const TO_MAIN_SERVER = ["main_server_dns", "main_server_tcp", "amqp"];
const KNOWN: readonly string[] = CHECK_IDS;

/**
 * What the last report tells of the things an exchange needs; of a POS server that is not asked, or does not answer,
 * nothing is known now. One that has never answered says nothing of itself: what Poswatch knows of it stands first, and
 * what it cannot know stands there as well.
 * @param checks none where an older agent tells of none.
 */
export function checksModel(
  viewer: Viewer,
  { posServer, row, checks }: { posServer: ShownPosServer; row: PosServerRow; checks: readonly PosCheck[] },
  now: number,
): Check[] {
  const { t } = viewer;
  const hasNeverAnswered = posServer.lastUpdateAt === null;
  const isKnownNow = !isSilent(posServer) && !row.isParked;
  const checkOf = (id: string) => checks.find((check) => check.id === id);
  const told = (id: string, line: (check: PosCheck) => Check): Check[] => {
    const check = checkOf(id);
    return check && check.detail !== "not_told" ? [line(check)] : [];
  };
  const port = (value: string | null) => t("posServer.check.port", { port: value ?? "" }).trim();
  const toMainServer = checks.filter(({ id }) => TO_MAIN_SERVER.includes(id));
  return [
    ...(hasNeverAnswered && !row.isParked ? [connection(connectionFinding(viewer, posServer))] : []),
    named("service", serviceFinding(viewer, posServer, checkOf("service"), now)),
    ...told("port", (check) => line("port", port(check.value), portFinding(viewer, check, now))),
    ...(hasNeverAnswered ? [line("port", port(null), notKnown(viewer, undefined))] : []),
    named("database", databaseFinding(viewer, posServer, checkOf("database"), now)),
    ...(toMainServer.length > 0 || hasNeverAnswered
      ? [named("mainServer", mainServerFinding(viewer, toMainServer, now))]
      : []),
    named("clock", clockFinding(viewer, posServer, checkOf("clock"), now)),
    named("disk", diskFinding(viewer, posServer, checkOf("disk"), now)),
    named("version", versionFinding(viewer, posServer, row, now)),
    ...told("account", (check) => named("account", accountFinding(viewer, check, now))),
    ...told("url_acl", (check) => named("address", addressFinding(viewer, check, now))),
    ...checks
      .filter(({ id }) => !KNOWN.includes(id))
      .map((check, index) => line(`other-${index}`, check.id, foreignFinding(viewer, check, now))),
  ];

  /** Whether it answers, nobody has to tell. */
  function connection({ status, ...found }: Finding): Check {
    return {
      ...named("connection", { status, ...found }),
      status,
      statusText: t(`posServer.status.${status}`),
    };
  }

  function named(id: string, found: Finding): Check {
    return line(id, t(`posServer.check.${id}`), found);
  }

  function line(id: string, name: string, { note = null, value, parts, ...found }: Finding): Check {
    return { id, name, note, ...part({ ...found, text: value }), parts: parts?.map(part) ?? null };
  }

  function part(found: Omit<CheckPart, "statusText">): CheckPart {
    const status = isKnownNow ? found.status : "unknown";
    return { text: found.text, status, statusText: t(`posServer.status.${status}`) };
  }
}
