import { createHash } from "node:crypto";
import type {
  AuditDetail,
  AuditDetailPart,
  ChannelField,
  ChannelSecret,
  RecordedValue,
} from "../../audit-log/detail.ts";
import { CHANNEL_FIELDS } from "../../audit-log/detail.ts";
import type { Channel, ChannelPlace } from "./channel.ts";

const SHOWN_HASH_CHARACTERS = 12;

/** A channel as far as the audit log says what it was and is. */
export type DescribedChannel = Pick<Channel, "name" | "language" | "timeZone"> &
  ChannelPlace & { viaName: string | null };

/** Says what a channel is that was made or removed, for the audit log: of an address that may be a secret no more than its beginning. */
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
  const { name, language, timeZone, viaName } = channel;
  return { name, via: viaName, ...placeValues(channel), language, timeZone };
}

function placeValues(place: ChannelPlace): Partial<Record<ChannelField, RecordedValue>> {
  if (place.kind === "webhook") return { url: addressOf(place.target.url) };
  if (place.kind === "telegram") {
    const { server, target } = place;
    return { chatId: target.chatId, topicId: target.topicId, baseUrl: server && originOf(server.baseUrl) };
  }
  if (place.kind === "push") return { endpoint: browserOf(place.target.endpoint) };
  if (place.kind === "max") {
    const { server, target } = place;
    return {
      ...{ chatId: target.chatId, baseUrl: server && originOf(server.baseUrl) },
      authorities: server?.authorities ? hashOf(server.authorities) : null,
    };
  }
  const { server, target } = place;
  return {
    to: target.to.join(", "),
    ...(server && {
      ...{ host: server.host, port: server.port, security: server.security },
      ...{ login: server.login || null, from: server.from },
      authorities: server.authorities === "" ? null : hashOf(server.authorities),
    }),
  };
}

/** Whoever knows the rest of such an address may be able to write there. */
function originOf(url: string): string | null {
  return URL.parse(url)?.origin ?? null;
}

/** Where it is, and which one of those there; whoever knows the rest of it may be able to write there. */
function addressOf(url: string): string {
  const { origin = "", pathname = "", search = "" } = URL.parse(url) ?? {};
  return pathname + search === "/" ? origin : `${origin} ${hashOf(url)}`;
}

/** Which one it is can be told by the beginning of its hash. */
function browserOf(endpoint: string): string {
  return `${URL.parse(endpoint)?.host ?? ""} ${hashOf(endpoint)}`;
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, SHOWN_HASH_CHARACTERS);
}
