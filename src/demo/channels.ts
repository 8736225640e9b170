import type { Actor } from "../monitor/audit-log/record-event.ts";
import type { Db } from "../monitor/database/schema.ts";
import { DEFAULT_TERMS } from "../monitor/notifications/rules/rule.ts";
import { saveRule } from "../monitor/notifications/settings/rules.ts";
import { createChannel, type NewChannel } from "../monitor/notifications/settings/save-channel.ts";
import type { SecretBox } from "../monitor/secrets/secret-box.ts";
import { isTimeZone } from "../monitor/viewer/time-zones.ts";
import type { DemoPorts } from "./demo-ports.ts";

type Terms = Pick<NewChannel, "kind" | "viaId" | "settings" | "secrets">;

const HOST = "127.0.0.1";
const ESCALATED_AFTER_MS = 30 * 60_000;
const USUAL_TIME_ZONE = "Europe/Moscow";

/** Adds mail that escalates to a webhook for tickets, and the manager's own mail. */
export async function addDemoChannels(
  trx: Db,
  secretBox: SecretBox,
  actor: Actor,
  { ports, managerId }: { ports: DemoPorts; managerId: number },
): Promise<void> {
  const now = Date.now();
  const server = { host: HOST, port: String(ports.mail), security: "none", login: "", authorities: "" };
  const webhookId = await add("Заявки в Service Desk", {
    kind: "webhook",
    viaId: null,
    settings: { url: `http://${HOST}:${ports.messages}/events` },
    secrets: { secret: "a-secret-of-the-demo-alone" },
  });
  const mail = "Почта смены";
  const mailId = await add(
    mail,
    {
      kind: "email",
      viaId: null,
      settings: { ...server, from: "Poswatch <poswatch@demo.example>", to: "smena@demo.example" },
      secrets: { password: "" },
    },
    { hasDefaultRule: false },
  );
  const escalation = { afterMs: ESCALATED_AFTER_MS, channelId: webhookId };
  const owner = { channel: { id: mailId, name: mail, ownerId: null }, access: "all" } as const;
  await saveRule(trx, actor, owner, { ...DEFAULT_TERMS, escalation, id: null }, now);
  const own = { kind: "email", viaId: mailId, settings: { to: "petr@demo.example" }, secrets: null } as const;
  await add("Почта Петра", own, { ownerId: managerId });

  async function add(name: string, terms: Terms, differences: Partial<NewChannel> = {}) {
    const usual = { language: "ru", timeZone: hostTimeZone(), ownerId: null, hasDefaultRule: true } as const;
    const channel = { ...usual, name, ...terms, ...differences };
    const made = await createChannel(trx, secretBox, actor, channel, now);
    if (typeof made === "number") return made;
    throw new Error(`The demo's channel ${name} was not made: ${made}`);
  }
}

/** The machine's time zone, which its owner's browser uses too. */
function hostTimeZone(): string {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return isTimeZone(timeZone) ? timeZone : USUAL_TIME_ZONE;
}
