import type { OutboundHttp } from "../engine/outbound.ts";
import { inSpan, tracing } from "./tracing.ts";

/** Calls of other systems as spans: method and host, no path, for paths hold tokens. Whom `sharesTrace` means hears of the trace by the header of W3C. */
export function traceOutbound(outbound: OutboundHttp): OutboundHttp {
  return async (request) => {
    if (tracing() === undefined) return await outbound(request);
    const { method, url } = request;
    const host = URL.canParse(url) ? new URL(url).host : "";
    const attributes = { "http.request.method": method, "server.address": host };
    return await inSpan({ name: `${method} ${host}`, kind: "client", attributes }, async (span) => {
      const traceparent = tracing()?.current();
      const headers =
        request.sharesTrace === true && traceparent !== undefined
          ? { traceparent, ...request.headers }
          : request.headers;
      const result = await outbound(headers === undefined ? request : { ...request, headers });
      if (result.kind === "ok") span?.set({ "http.response.status_code": result.status });
      else span?.fail(result.kind);
      return result;
    });
  };
}
