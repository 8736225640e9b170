import { existsSync } from "node:fs";
import { HOUR_MS } from "../../protocol/time-units.ts";
import { backupFolder, newestBackupAt } from "../backups/backup-names.ts";
import { findDamageInWorker } from "../database/check-pages.ts";
import { defaultArchiveDir, sealedSecrets } from "../database/data-folder.ts";
import { isDataFolderLocked } from "../database/lock.ts";
import { findWrongSettings } from "../installation/settings.ts";
import { ArchiveError } from "../log-archives/outcome/failure.ts";
import { requireKnownStore } from "../log-archives/store/marker.ts";
import { openArchiveStore, requireFolder } from "../log-archives/store/store.ts";
import { readChannels } from "../notifications/settings/find-channels.ts";
import { createSecretBox, hasKey, opensAny, readKey } from "../secrets/secret-box.ts";
import { SETTING_FIELDS } from "../settings/fields.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { type Examined, type Finding, found } from "./finding.ts";

const BACKUP_IS_OLD_MS = 36 * HOUR_MS;
/** Of a clock that a time server keeps right. */
const CLOCK_SLACK_MS = 60_000;

export async function examineDatabase({ db, sqlite }: Examined): Promise<Finding> {
  const damage = await findDamageInWorker(sqlite.name);
  if (damage !== null) return found("failed", "about.database.damaged", { damage });
  const wrong = await findWrongSettings(db);
  const labels = SETTING_FIELDS.filter(({ setting }) => wrong.includes(setting));
  if (labels.length > 0) {
    const names = (t: Viewer["t"]) => labels.map(({ name }) => t(`settings.label.${name}`)).join(", ");
    return { status: "failed", text: ({ t }) => t("about.database.settings", { names: names(t) }) };
  }
  const size =
    Number(sqlite.pragma("page_count", { simple: true })) *
    Number(sqlite.pragma("page_size", { simple: true }));
  return { status: "ok", text: ({ t, format }) => t("about.database.ok", { size: format.bytes(size) }) };
}

/** Whether logs can be kept. The default folder is made at the first start, any other one has to be there. */
export async function examineArchives(examined: Examined): Promise<Finding> {
  const { archiveDir: folder, dataDir } = examined.config;
  if (folder === defaultArchiveDir(dataDir) && !existsSync(folder))
    return found("ok", "about.data.ok", { folder });
  try {
    const store = openArchiveStore(folder);
    await requireFolder(store);
    await requireKnownStore(examined.db, store);
    return found("ok", "about.data.ok", { folder });
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    const { code } = error.failure;
    const key = code === "store_unavailable" ? "about.archives.unavailable" : "about.archives.other";
    return { status: "failed", text: ({ t }) => t(key, { folder, reason: t(`logFailure.${code}`) }) };
  }
}

/** Who has the data folder: a monitor that runs. */
export function examineLock({ config }: Examined): Finding {
  return isDataFolderLocked(config.dataDir)
    ? found("ok", "about.lock.ok")
    : found("warning", "about.lock.free");
}

export function examineKey({ config, sqlite }: Examined): Finding {
  try {
    const box = hasKey(config.dataDir) ? createSecretBox(readKey(config.dataDir)) : null;
    return opensAny(box, sealedSecrets(sqlite))
      ? found("ok", "about.key.ok")
      : found("failed", "about.key.another");
  } catch {
    return found("failed", "about.key.another");
  }
}

/** What was written in the future was written by a clock that was wrong, unless this one is. */
export async function examineClock({ db, now }: Examined): Promise<Finding> {
  const last = await db
    .selectFrom("monitorRun")
    .select(({ fn }) => fn.max<number | null>("seenAt").as("at"))
    .executeTakeFirst();
  const isBehind = (last?.at ?? 0) > now + CLOCK_SLACK_MS;
  const status = isBehind ? "failed" : "ok";
  return { status, text: ({ t, format }) => t(`about.clock.${status}`, { time: format.clock(now, now) }) };
}

export async function examineBackup({ config, now }: Examined): Promise<Finding> {
  const at = await newestBackupAt(backupFolder(config.dataDir));
  if (at === null) return found("warning", "about.backup.none");
  const isOld = now - at > BACKUP_IS_OLD_MS;
  return {
    status: isOld ? "failed" : "ok",
    text: ({ t, format }) => t(`about.backup.${isOld ? "old" : "ok"}`, { time: format.clock(at, now) }),
  };
}

export async function examineChannels({ db }: Examined): Promise<Finding> {
  const channels = (await readChannels(db)).filter(({ isEnabled }) => isEnabled);
  const failing = channels.filter(({ failed }) => failed?.since != null).map(({ name }) => name);
  if (channels.length === 0) return found("warning", "about.channels.none");
  if (failing.length > 0) return found("failed", "about.channels.failing", { names: failing.join(", ") });
  return found("ok", "about.channels.ok", { count: channels.length });
}
