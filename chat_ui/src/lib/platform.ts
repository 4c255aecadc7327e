/** Where the page runs, for keys that are others on a Mac. */
export const IS_MAC = /Mac|iPhone|iPad/.test(navigator.platform);
