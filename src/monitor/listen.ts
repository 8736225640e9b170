import type { FastifyInstance } from "fastify";

/** Listens where the configuration says. @returns the address. @throws Error that names the variable to change. */
export async function listen(app: FastifyInstance): Promise<string> {
  const { host, port } = app.config;
  try {
    return await app.listen({ host, port });
  } catch (error) {
    throw new Error(explain(error, host, port), { cause: error });
  }
}

function explain(error: unknown, host: string, port: number): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "EADDRINUSE") {
    return `PORT is ${port}, where another program listens already (${code}): end that one, or set PORT to another.`;
  }
  if (code === "EACCES" || code === "EPERM") {
    return `PORT is ${port}, where this user may not listen (${code}): ports below 1024 often need rights, set PORT to a higher one.`;
  }
  if (["EADDRNOTAVAIL", "ENOTFOUND", "EAI_AGAIN", "EINVAL", "EAFNOSUPPORT"].includes(code)) {
    return `HOST is "${host}", which is no address of this machine (${code}): set HOST to one of its own, or to 0.0.0.0 for all of them.`;
  }
  return `It cannot listen at HOST "${host}", PORT ${port}: ${error instanceof Error ? error.message : String(error)}`;
}
