/**
 * First halves of PostgreSQL's two-part advisory lock keys, together in one place: two with the same number would wait for each other for ever. (The lock of
 * the first user was once that of the process with the id 1, and nobody could be the first user on PostgreSQL.)
 */
export const lockSpaces = {
  /** The second half is the channel's id. */
  channels: 7_361,
  /** Held by a living process on a connection of its own; the second half is the process's id. */
  processes: 7_362,
  /** The making of the first user; the second half is 0. */
  firstUser: 7_363,
  /** The making of the index of contacts' jobs; the second half is 0. */
  contactJobs: 7_364,
} as const;
