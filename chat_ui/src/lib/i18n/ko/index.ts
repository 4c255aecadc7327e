/** Every sentence of the page in Korean. */
import type { words as english } from "../en";
import { accounts } from "./accounts";
import { app } from "./app";
import { connection } from "./connection";
import { details } from "./details";
import { email } from "./email";
import { errors } from "./errors";
import { inbox } from "./inbox";
import { mails } from "./mails";
import { messages } from "./messages";
import { notices } from "./notices";
import { people } from "./people";
import { preferences } from "./preferences";
import { rooms } from "./rooms";
import { sections } from "./sections";
import { switcher } from "./switcher";
import { threads } from "./threads";
import { welcome } from "./welcome";
import { why } from "./why";

export const words: Record<keyof typeof english, string> = {
  ...app,
  ...accounts,
  ...connection,
  ...rooms,
  ...mails,
  ...messages,
  ...inbox,
  ...details,
  ...notices,
  ...email,
  ...errors,
  ...switcher,
  ...threads,
  ...welcome,
  ...people,
  ...preferences,
  ...sections,
  ...why,
};
