import type { KeyObject } from "node:crypto";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import type { Plugin } from "esbuild";
import { errorText } from "../protocol/error-text.ts";
import { licensesOf, loadEsbuild, PROJECT, projectVersion } from "./project.ts";
import { BuildError } from "./run-tool.ts";

const ENTRY = join(PROJECT, "src/agent/main.ts");
const FACTS = join(PROJECT, "package.json");
const SPKI = { type: "spki", format: "der" } as const;

interface AgentBundle {
  /** `agent.cjs`: the whole agent in one CommonJS file. */
  code: Buffer;
  /** Of the packages in it, and of Node. */
  licenses: string;
}

interface BundleOptions {
  /** Null or left out = the agent takes no updates. */
  updateKey?: KeyObject | null;
  version?: string;
}

/** Bundles the agent and its packages into one file, without Node's own modules. @throws BuildError */
export async function bundleAgent({
  updateKey = null,
  version = projectVersion(),
}: BundleOptions = {}): Promise<AgentBundle> {
  const { build } = await loadEsbuild();
  const { outputFiles, metafile } = await build({
    entryPoints: [ENTRY],
    absWorkingDir: PROJECT,
    bundle: true,
    platform: "node",
    target: "node24",
    format: "cjs",
    minify: true,
    keepNames: true,
    define: {
      // Optional parts of `ws`: Node would look for them up to the root of the disk, where any user may put them.
      "process.env.WS_NO_BUFFER_UTIL": '"1"',
      "process.env.WS_NO_UTF_8_VALIDATE": '"1"',
      POSWATCH_UPDATE_KEY: JSON.stringify(updateKey?.export(SPKI).toString("base64") ?? null),
    },
    plugins: [factsOfProject(version)],
    legalComments: "none",
    metafile: true,
    write: false,
    logLevel: "error",
  }).catch((error: unknown) => {
    throw new BuildError(errorText(error));
  });
  const outside = Object.values(metafile.outputs)
    .flatMap(({ imports }) => imports)
    .map(({ path }) => path)
    .filter((path) => !isBuiltin(path));
  if (outside.length > 0) throw new BuildError(`the bundle looks outside for ${outside.join(", ")}`);
  const [bundle] = outputFiles;
  if (!bundle) throw new BuildError("esbuild made no file");
  return { code: Buffer.from(bundle.contents), licenses: licensesOf(Object.keys(metafile.inputs)) };
}

/** The agent needs only the version of `package.json`. */
function factsOfProject(version: string): Plugin {
  return {
    name: "facts of the project",
    setup: ({ onLoad }) =>
      onLoad({ filter: /[\\/]package\.json$/ }, ({ path }) =>
        path === FACTS ? { contents: JSON.stringify({ version }), loader: "json" } : null,
      ),
  };
}
