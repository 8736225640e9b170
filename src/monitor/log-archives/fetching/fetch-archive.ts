import type { WantedLog } from "../../../protocol/logs.ts";
import { ArchiveError } from "../outcome/failure.ts";
import { type LeftOutFile, takenBytes } from "../outcome/stored-files.ts";
import { newArchivePath, PART_SUFFIX } from "../store/paths.ts";
import { partOf, placePart, removeStored } from "../store/store.ts";
import { verifyPart } from "../store/verify-part.ts";
import type { FetchedArchive, PendingArchive } from "./pending-archives.ts";
import { type ArchiveToFetch, receivePart } from "./receive-part.ts";
import type { RequestContext } from "./work-context.ts";

/** Allowed beyond the plan, for what is written meanwhile and the zip itself. */
const EXTRA_BYTES = 1024 * 1024;
/** The tail of a file may be shorter, since it begins with a whole line. */
const MAX_LINE_BYTES = 64 * 1024;

/** If anything fails, no part of the archive stays in the store. @throws ArchiveError */
export async function fetchArchive(
  context: RequestContext,
  wanted: ArchiveToFetch,
  signal: AbortSignal,
): Promise<FetchedArchive> {
  const { store, log } = context;
  const { request, archive, progress, inTurn } = wanted;
  const path = newArchivePath({ ...request, ...archive, archiveId: archive.id });
  const order = orderOf(archive);
  const maxBytes = archive.logBytes + EXTRA_BYTES;
  store.coming.add(path + PART_SUFFIX);
  try {
    const written = await inTurn(() => receivePart(context, wanted, { path, order, maxBytes }, signal));
    const names = new Set(order.map(({ name }) => name));
    const bytesByName = await verifyPart(partOf(store, path), { names, maxBytes, signal });
    const received = countReceived(archive, bytesByName);
    await placePart(store, path);
    progress.arrive(archive, { zipBytes: written.zipBytes, logBytes: received.logBytes });
    return { path, ...written, ...received, leftOut: findLeftOut(archive, order, bytesByName) };
  } catch (error) {
    await removeStored(store, path + PART_SUFFIX).catch((err) =>
      log.warn({ err, path }, "What came of an archive could not be removed"),
    );
    throw error;
  } finally {
    store.coming.delete(path + PART_SUFFIX);
  }
}

/** After a failure, files are limited to their planned size, in case one has grown too much. */
function orderOf({ files, attempts }: PendingArchive): WantedLog[] {
  return files.map(({ name, bytes, tailBytes }) =>
    attempts > 0 || tailBytes !== undefined ? { name, tailBytes: tailBytes ?? bytes } : { name },
  );
}

/** @throws ArchiveError `nothing_came` */
function countReceived({ logBytes: plannedBytes }: PendingArchive, bytesByName: ReadonlyMap<string, number>) {
  const logFiles = bytesByName.size;
  const logBytes = [...bytesByName.values()].reduce((sum, bytes) => sum + bytes, 0);
  const isEmpty = logFiles === 0 || (logBytes === 0 && plannedBytes > 0);
  if (isEmpty) throw new ArchiveError("nothing_came", "");
  return { logFiles, logBytes };
}

function findLeftOut(
  { files }: PendingArchive,
  order: WantedLog[],
  bytesByName: ReadonlyMap<string, number>,
): LeftOutFile[] {
  const asTail = new Set(order.filter(({ tailBytes }) => tailBytes !== undefined).map(({ name }) => name));
  return files.flatMap((file): LeftOutFile[] => {
    const { name } = file;
    const received = bytesByName.get(name);
    if (received === undefined) return [{ name, bytes: takenBytes(file), reason: "unreadable" }];
    const missing = takenBytes(file) - received;
    const isWhole = missing <= (asTail.has(name) ? MAX_LINE_BYTES : 0);
    return isWhole ? [] : [{ name, bytes: missing, reason: "incomplete" }];
  });
}
