/** What a workspace chose for one of its channels, of what a decision depends on. */
export interface ChannelPolicy {
  /** A message that is one of these alone says that the person wants no more messages. As they were written in the settings. */
  readonly optOutWords: readonly string[];
  /** … and that they want them again. */
  readonly optInWords: readonly string[];
  /** Templates; empty: the built-in sentence in the contact's language. */
  readonly optOutAnswer: string;
  readonly optInAnswer: string;
  /** For how long the bot is silent after a member of the team answered here, in minutes; 0: not at all. */
  readonly agentPauseMinutes: number;
  /** For how long the bot is silent after somebody of the company wrote in the messenger's own inbox, in minutes; 0: not at all. */
  readonly outsidePauseMinutes: number;
}
