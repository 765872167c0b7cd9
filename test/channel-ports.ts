import type { ChannelPorts } from "../src/engine/channel-type.ts";
import { addressesOnLoopback, outboundToLoopback, platformOnLoopback } from "./outbound.ts";

/** What a channel's functions are given in tests: the real clients, let into this machine, and nobody who listens or reads the log. */
export const channelPorts = (changed: Partial<ChannelPorts> = {}): ChannelPorts => ({
  callPlatform: platformOnLoopback,
  announce: () => {},
  findAddresses: addressesOnLoopback,
  fetchFile: async () => undefined,
  outbound: outboundToLoopback,
  log: { warn: () => {}, info: () => {} },
  ...changed,
});

/** The same for mail, which calls no platform. */
export const mailPorts = (changed: Partial<ChannelPorts> = {}): ChannelPorts =>
  channelPorts({ callPlatform: () => Promise.reject(new Error("mail calls no platform")), ...changed });
