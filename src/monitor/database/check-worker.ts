import SQLite from "better-sqlite3";
import { answerParent } from "../../protocol/answer-parent.ts";
import { findDamage } from "./check-pages.ts";

answerParent((file: string) =>
  findDamage(new SQLite(file, { readonly: true, fileMustExist: true }), "quick_check"),
);
