import type { Channel } from "../../notifications/registry/channel.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { channelUrl } from "../words/addresses.ts";
import type { KnownSecrets } from "./form.ts";
import { type AskedForm, channelFormModel } from "./form-model.ts";

/** What `/channels/:id/edit` shows. */
export function changedChannelModel(viewer: Viewer, { id, name }: Channel, asked: AskedForm, now: number) {
  return {
    ...channelFormModel(viewer, asked, now),
    title: viewer.t("channels.editTitle", { name }),
    path: channelUrl(id),
  };
}

/** A channel as its form shows it. */
export function typedOf(channel: Channel, known: KnownSecrets | null): Record<string, string> {
  const { name, language, timeZone, via } = channel;
  return { name, language, timeZone, via: via ? String(via.id) : "", ...placeFields() };

  function placeFields(): Record<string, string> {
    if (channel.kind === "webhook") return { url: channel.target.url };
    if (channel.kind === "push") return {};
    if (channel.kind === "telegram" || channel.kind === "max") {
      const { server, target } = channel;
      const topicId = "topicId" in target ? target.topicId : null;
      return {
        ...{ chatId: target.chatId, topicId: topicId === null ? "" : String(topicId) },
        ...{ baseUrl: server?.baseUrl ?? "", proxy: known?.proxy?.address ?? "" },
        proxyLogin: known?.proxy?.login ?? "",
        authorities: server && "authorities" in server ? server.authorities : "",
      };
    }
    const { server, target } = channel;
    const to = target.to.join(", ");
    return server ? { ...server, port: String(server.port), to } : { to };
  }
}
