/** Client ids: random, and to be had without a secure context, since many a self-hosted server has plain http. */

export function newCid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
