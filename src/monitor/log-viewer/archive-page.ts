import type { FoundArchive } from "../log-archives/store/find-archive.ts";
import type { Viewer } from "../viewer/viewer.ts";

export interface NamedFile {
  archive: FoundArchive;
  name: string;
  /** The address of its page. */
  path: string;
  /** Nothing else is in its archive: the list of files is passed over. */
  isAlone: boolean;
}

export function archivePage({ t }: Viewer, archive: FoundArchive) {
  const { id, posServerId, posServerName, organizationName, crmId, logRequestId } = archive;
  const posServerUrl = `/pos-servers/${posServerId}`;
  return {
    trail: [
      { url: "/pos-servers", text: t("posServers.title") },
      { url: posServerUrl, text: posServerName },
      { url: `/log-requests/${logRequestId}`, text: t("logViewer.request") },
    ],
    posServerUrl,
    subtitle: `${posServerName} · ${organizationName} · ${t("posServers.crmId", { crmId })}`,
    downloadUrl: `/log-archives/${id}`,
    /** A script adds what is selected. */
    whereElseUrl: `/log-searches/new?posServer=${posServerId}&words=none`,
  };
}

export function filePage(viewer: Viewer, { archive, name, path, isAlone }: NamedFile) {
  const page = archivePage(viewer, archive);
  const toFiles = { url: filesUrl(archive), text: archiveTitle(viewer, archive) };
  return { ...page, trail: isAlone ? page.trail : [...page.trail, toFiles], name, path };
}

export function archiveTitle({ t }: Viewer, { day, number, parts }: FoundArchive): string {
  return t(`logViewer.${parts === 1 ? "archive" : "archivePart"}`, {
    day: day.split("-").reverse().join("."),
    number,
  });
}

export function filesUrl({ id }: Pick<FoundArchive, "id">): string {
  return `/log-archives/${id}/files`;
}

/** Opens a file of an archive at a time of the POS server's clock (ms as if it were UTC). @param find is marked there. */
export function timeInFileUrl(
  archive: Pick<FoundArchive, "id">,
  name: string,
  at: number,
  find = "",
): string {
  const go = new Date(at).toISOString().replace("T", " ").replace("Z", "");
  return `${filesUrl(archive)}?${new URLSearchParams({ name, go, ...(find && { q: find }) })}`;
}
