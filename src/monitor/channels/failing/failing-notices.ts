import type { FailingChannel } from "../../notifications/registry/failing-channels.ts";
import type { PageNotice } from "../../plugins/page-notices.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { CHANNELS_URL, channelUrl } from "../words/addresses.ts";

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
