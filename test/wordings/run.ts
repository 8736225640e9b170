import { readFile } from "node:fs/promises";
import { confusionOf, parseWordings, readWordings } from "./read-wordings.ts";

/** `npm run wordings -- FILE [--json]`: how excerpts of logs whose truth is known are read. @returns the exit code. */
async function main(args: string[]): Promise<number> {
  const [file] = args.filter((arg) => arg !== "--json");
  if (file === undefined) {
    process.stderr.write(
      "Usage: npm run wordings -- FILE [--json]\nFILE has JSON lines: id, truth (success, failure, nothing), text, format\n",
    );
    return 2;
  }
  const read = readWordings(parseWordings(await readFile(file, "utf8")));
  const confusion = confusionOf(read);
  if (args.includes("--json")) {
    process.stdout.write(`${JSON.stringify(confusion)}\n`);
    return 0;
  }
  for (const { id, truth, said, text } of read)
    if (said !== truth)
      process.stdout.write(`${id}: ${truth}, read as ${said}: ${text.replaceAll("\n", "⏎")}\n`);
  process.stdout.write("truth     success  failure  nothing\n");
  for (const [truth, said] of Object.entries(confusion))
    process.stdout.write(
      `${truth}  ${Object.values(said)
        .map((count) => String(count).padStart(7))
        .join("  ")}\n`,
    );
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
