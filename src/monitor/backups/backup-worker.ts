import { answerParent } from "../../protocol/answer-parent.ts";
import { makeBackup } from "./make-backup.ts";

answerParent(makeBackup);
