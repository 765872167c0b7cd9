import { createAddressFinder, createOutboundHttp } from "../src/shell/outbound-http.ts";
import { createPlatformHttp } from "../src/shell/platform-http.ts";

/** The real client, let into this machine, where tests have their receivers; everything else that is not public stays closed. */
export const outboundToLoopback = createOutboundHttp({ allowNetworks: ["127.0.0.1/32"] });

/** The same for other protocols. */
export const addressesOnLoopback = createAddressFinder({ allowNetworks: ["127.0.0.1/32"] });

/** The client for platforms, let into this machine, where their stand-ins are. */
export const platformOnLoopback = createPlatformHttp({ allowNetworks: ["127.0.0.1/32"] });
