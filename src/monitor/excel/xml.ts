export const XML_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

const CHUNK_LENGTH = 64 * 1024;
const SPECIAL = /[&<>"]/g;
const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

export function escapeXml(text: string): string {
  return text.replace(SPECIAL, (character) => ENTITIES[character] ?? "");
}

/** Collects pieces as bytes, outside the heap. */
export function createChunks() {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let text = "";
  const flush = () => {
    const chunk = Buffer.from(text);
    bytes += chunk.length;
    chunks.push(chunk);
    text = "";
  };
  return {
    add(piece: string): void {
      text += piece;
      if (text.length >= CHUNK_LENGTH) flush();
    },
    /** Without the last pieces. */
    bytes: () => bytes,
    list(): Buffer[] {
      flush();
      return chunks;
    },
  };
}
