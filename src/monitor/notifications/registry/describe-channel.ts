import {
  type AuditDetail,
  type AuditDetailPart,
  CHANNEL_FIELDS,
  type ChannelField,
  type ChannelSecret,
  type RecordedValue,
} from "../../audit-log/detail.ts";
import { KINDS } from "../sending/kinds.ts";
import type { Channel } from "./channel.ts";

/** A channel as far as the audit log says what it was and is. */
export interface DescribedChannel
  extends Pick<Channel, "kind" | "name" | "language" | "timeZone" | "settings"> {
  viaName: string | null;
}

/** Says what a channel is that was made or removed, for the audit log. */
export function describeChannel(channel: DescribedChannel, isOwn: boolean): AuditDetail {
  const { kind, viaName } = channel;
  const { to, chatId, url, endpoint, host, baseUrl } = valuesOf(channel);
  return [
    { key: "channelKind", values: { kind } },
    ...(isOwn ? [{ key: "channelOwn", values: {} } as const] : []),
    { key: "channelReach", values: { reach: String(to ?? chatId ?? url ?? endpoint ?? "") } },
    ...(viaName === null ? [] : [{ key: "channelVia", values: { name: viaName } } as const]),
    ...[host ?? baseUrl ?? []].flat().map((server): AuditDetailPart => {
      return { key: "channelServer", values: { server: String(server) } };
    }),
  ];
}

/** Says what a change of a channel changed; empty when it changed nothing. @param replaced the secrets that are other ones now. */
export function describeChannelChange(
  before: DescribedChannel,
  after: DescribedChannel,
  replaced: readonly ChannelSecret[],
): AuditDetail {
  const [known, wanted] = [valuesOf(before), valuesOf(after)];
  return [
    ...CHANNEL_FIELDS.flatMap((field): AuditDetailPart[] => {
      const values = { field, before: known[field] ?? null, after: wanted[field] ?? null };
      return values.before === values.after ? [] : [{ key: "channelChange", values }];
    }),
    ...replaced.map((secret): AuditDetailPart => ({ key: "channelSecretReplaced", values: { secret } })),
  ];
}

function valuesOf(channel: DescribedChannel): Partial<Record<ChannelField, RecordedValue>> {
  const { kind, name, language, timeZone, viaName, settings } = channel;
  const recorded = KINDS[kind].recorded(viaName === null ? settings : null, settings);
  return { name, via: viaName, ...recorded, language, timeZone };
}
