import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { answerParent } from "../../src/protocol/answer-parent.ts";

/** A worker that tells its task, and then comes to a bad end. */
answerParent(async (task: "split" | "parse" | "throw" | "endless", tell) => {
  tell(task);
  switch (task) {
    case "split":
      return "xyz,".repeat(20_000_000).split(",").length;
    case "parse":
      return JSON.parse(`[${'{"a":1},'.repeat(5_000_000)}1]`).length;
    case "throw":
      throw Object.assign(new RangeError("nothing came of it"), { code: "ENOTHING" });
    case "endless": {
      const server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      // Nobody gets an answer there, but as long as it lives it can be reached.
      tell((server.address() as AddressInfo).port);
      for (;;);
    }
  }
});
