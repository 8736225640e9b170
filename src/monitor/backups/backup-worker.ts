import { parentPort, workerData } from "node:worker_threads";
import { type BackupTask, makeBackup } from "./make-backup.ts";

const task: BackupTask = workerData;
parentPort?.postMessage(await makeBackup(task));
