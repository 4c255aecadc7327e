/** An emoji in the data: itself, its group, shortcodes, words in English and in Korean, and its five skin tones. */
export type Row = [emoji: string, group: number, shortcodes: string, english: string, korean: string, tones: string];
