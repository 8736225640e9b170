import { isBuiltin } from "node:module";
import { type BuildOptions, build } from "esbuild";
import { errorText } from "../protocol/error-text.ts";
import { PROJECT } from "./project.ts";
import { BuildError } from "./run-tool.ts";

/**
 * Bundles for the Node of npm. Nothing may be looked for outside but Node's own modules and the packages `external`: Node
 * looks for others up to the root of the disk, where any user may put them.
 * @returns `inputs`: what went into it, from the project's folder. @throws BuildError
 */
export async function bundle({ define, external = [], ...options }: BuildOptions) {
  const { outputFiles, metafile } = await build({
    ...options,
    absWorkingDir: PROJECT,
    bundle: true,
    platform: "node",
    target: "node24",
    minify: true,
    keepNames: true,
    external,
    define: {
      // Optional parts of `ws`.
      "process.env.WS_NO_BUFFER_UTIL": '"1"',
      "process.env.WS_NO_UTF_8_VALIDATE": '"1"',
      ...define,
    },
    legalComments: "none",
    metafile: true,
    write: false,
    logLevel: "error",
  }).catch((error: unknown) => {
    throw new BuildError(errorText(error));
  });
  const outside = Object.values(metafile.outputs)
    .flatMap(({ imports }) => imports)
    .filter((found) => found.external && !isBuiltin(found.path) && !external.includes(found.path))
    .map(({ path }) => path);
  if (outside.length > 0) throw new BuildError(`the bundle looks outside for ${outside.join(", ")}`);
  return { files: outputFiles, inputs: Object.keys(metafile.inputs) };
}
