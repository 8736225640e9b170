/** What looking at a file or a folder gives; null when there is none. @throws when it cannot be looked at. */
export async function ifThere<Result>(looking: Promise<Result>): Promise<Result | null> {
  return await looking.catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
}
