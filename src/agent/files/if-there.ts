/** null when the file or folder does not exist. @throws other errors. */
export async function ifThere<Result>(looking: Promise<Result>): Promise<Result | null> {
  return await looking.catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
}
