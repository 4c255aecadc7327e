/** Makes both languages known before a test, so that it can change between them without waiting. */
import { addWords } from "@/lib/i18n";
import { words as en } from "@/lib/i18n/en";
import { words as ko } from "@/lib/i18n/ko";

addWords("en", en);
addWords("ko", ko);
