/**
 * The block of bytes that a file carries as text.
 */

/** The bytes of a text that is base64 of gzip. */
export async function unzipped(text) {
  const packed = Uint8Array.from(atob(text.trim()), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
