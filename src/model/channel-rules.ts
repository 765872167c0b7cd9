/** Words by which people opt out or in, which a kind of channel adds to the usual ones. */
export interface ConsentWords {
  readonly optOut?: readonly string[];
  readonly optIn?: readonly string[];
}

/** What of a kind of channel a decision depends on; everything else about channels is the outbox's. */
export interface ChannelRules {
  /**
   * For how long after the person's last message or press the bot may write of its own accord, in ms; after that only a template may go out. Absent: always.
   */
  readonly windowMs?: number;
  /** Messages that the platform approved beforehand may be sent, also while the window is closed. */
  readonly templates?: true;
  /** A person's id there is their phone's digits: a template can go to whoever has not written yet. */
  readonly phoneIds?: true;
  /** An entry link only fills in what the person then sends: a text that is a link's payload counts as coming by it. */
  readonly typedEntry?: true;
  /** The platform's calls do not say who the person is, but it tells when asked: whoever is new is asked for, in a job. */
  readonly looksUpProfiles?: true;
  /** A message of ours can be changed in its place. */
  readonly edits?: true;
  readonly consentWords?: ConsentWords;
}
