import { keepFindings } from "../database/keep-findings.ts";
import type { OpenDatabase } from "../database/open.ts";
import type { Db } from "../database/schema.ts";
import type { ChannelUser } from "../notifications/registry/find-channels.ts";
import type { FailureClass } from "../outgoing/failure.ts";
import type { PageNotice } from "../plugins/page-notices.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { CHANNELS_URL, channelUrl } from "./words.ts";

/** More are counted. */
const NAMED_CHANNELS = 2;

/** What every page says of channels by which nothing gets through; `now` in ms UTC. */
export function failingNotices(
  { t, format }: Viewer,
  failing: readonly FailingChannel[],
  now: number,
): PageNotice[] {
  if (failing.length > NAMED_CHANNELS) {
    const text = t("channels.failing.many", { count: failing.length });
    return [{ text, link: { url: CHANNELS_URL, text: t("channels.failing.show") } }];
  }
  return failing.map(({ id, name, since, failure }) => ({
    text: t("channels.failing.one", {
      ...{ name, failure: t(`channelFailure.${failure}`) },
      time: format.clock(since, now),
    }),
    link: { url: channelUrl(id), text: t("channels.failing.open") },
  }));
}

/** A channel by which nothing gets through. */
interface FailingChannel {
  id: number;
  name: string;
  /** null = of all. */
  ownerId: number | null;
  /** ms UTC. */
  since: number;
  failure: FailureClass;
}

/**
 * Reads what fails of the channels that somebody may see, longest first. It costs every page one look at the revision: what was found is
 * kept until that is another one.
 */
export function createFailingReader(
  database: OpenDatabase,
  clock: () => number,
): (user: ChannelUser) => Promise<FailingChannel[]> {
  const maxAgeMs = Number.POSITIVE_INFINITY;
  const keep = keepFindings<FailingChannel[]>({ database, maxKept: 1, maxAgeMs, clock });
  return async ({ id, isAdministrator }) => {
    const failing = await keep("failing", () => listFailing(database.db));
    return failing.filter(({ ownerId }) => (ownerId === null ? isAdministrator : ownerId === id));
  };
}

async function listFailing(db: Db): Promise<FailingChannel[]> {
  const rows = await db
    .selectFrom("channel")
    .select(["id", "name", "user_id as ownerId", "failing_since as since", "failure_code as failure"])
    .where("is_enabled", "=", 1)
    .where("failing_since", "is not", null)
    .orderBy("failing_since")
    .orderBy("id")
    .execute();
  return rows.flatMap(({ since, failure, ...row }) =>
    since === null || failure === null ? [] : [{ ...row, since, failure }],
  );
}
