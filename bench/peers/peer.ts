import type { LoadTarget } from "../load.ts";

/** A system that the same work is done with, as its own documentation sets it up. */
export interface Peer {
  readonly name: string;
  /** What it is run as, and where it keeps what it knows. */
  readonly setUp: string;
  /** The package that gives the version. Those but Repartee and grammY have a folder here with a `package.json`, and are installed there when first measured. */
  readonly packageName: string;
  /** Makes everything ready that outlives a process. */
  prepare(place: Place): Promise<PreparedPeer>;
}

/** What a peer is given. */
export interface Place {
  /** A PostgreSQL to make a database on. */
  readonly serverUrl: string;
  /** Where the stand-in for the Bot API listens, without a token. */
  readonly botApi: string;
  /** Its own folder in `bench/peers`. */
  readonly folder: string;
}

export interface PreparedPeer {
  readonly target: Omit<LoadTarget, "body">;
  /** Starts its processes; resolves when updates are taken. */
  start(): Promise<RunningPeer>;
  /** Removes what it kept. */
  remove(): Promise<void>;
}

export interface RunningPeer {
  /** The processes started, without their children. */
  readonly pids: readonly number[];
  stop(): Promise<void>;
  /** SIGKILL to every process of it, children included. */
  kill(): Promise<void>;
}

/** The token that the stand-in takes. */
export const botToken = "123456:ABCDEFGHIJKLMNOP";
