import { linkAt } from "../../fleet/pages-address.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import type { MessageLink } from "../channels/message.ts";

/** «Открыть»: a page of Poswatch. @param address `https://host/path`; null when it is empty, since nobody knows it. */
export function linkTo({ t }: Pick<Viewer, "t">, address: string, path: string): MessageLink | null {
  return address === "" ? null : { text: t("message.open"), url: linkAt(address, path) };
}
