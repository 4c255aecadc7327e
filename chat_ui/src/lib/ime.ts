/** Whether a key belongs to the input method: Safari ends a syllable by an Enter that says so only by its number. */
export function isImeKey({ isComposing, keyCode }: { isComposing: boolean; keyCode: number }): boolean {
  return isComposing || keyCode === 229;
}
