import { type Sentence, say } from "../../model/sentence.ts";

const login = say`Correct user and password in DATABASE_URL (what is no letter or digit in them has to be percent-encoded), and see that pg_hba.conf lets them in from this machine.`;
const away = say`See that it runs, that DATABASE_URL names it, and that a firewall lets this machine through.`;

/** What to do where a database cannot be used, by the code of the error. SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html */
export const databaseAdvice: Readonly<Record<string, Sentence>> = {
  ECONNREFUSED: away,
  ENOTFOUND: away,
  EAI_AGAIN: away,
  ETIMEDOUT: away,
  EHOSTUNREACH: away,
  "28000": login,
  "28P01": login,
  "3D000": say`Make it ("createdb --owner USER NAME"), or correct the name in DATABASE_URL.`,
  "42501": say`The user of DATABASE_URL has to own the database: "alter database NAME owner to USER", or a new one with "createdb --owner USER NAME".`,
  "53100": say`Make room on its disk: processes go on by themselves.`,
  "53300": say`Stop what need not run; then lower DATABASE_POOL_SIZE, raise max_connections, or put a pooler between.`,
  "25006": say`It takes no writes: it is a standby, or default_transaction_read_only is on. Let DATABASE_URL lead to the server that takes them.`,
};

/** The same as text, for the terminal. */
export const databaseHints: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(databaseAdvice).map(([code, { message }]) => [code, message]),
);
