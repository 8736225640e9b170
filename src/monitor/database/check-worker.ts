import { parentPort, workerData } from "node:worker_threads";
import SQLite from "better-sqlite3";
import { findDamage } from "./check-pages.ts";

const file: string = workerData;
const sqlite = new SQLite(file, { readonly: true, fileMustExist: true });
parentPort?.postMessage(findDamage(sqlite, "quick_check"));
sqlite.close();
