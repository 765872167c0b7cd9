import { z } from "zod";
import { ChannelConnectError } from "../engine/channel-type.ts";
import { callGraph, type GraphAccess, GraphCallError, type GraphPorts } from "./meta-graph.ts";

/** The app that gets the notifications; an empty id: its address was set by hand in the app's dashboard. */
export interface MetaApp {
  readonly appId: string;
  readonly appSecret: string;
  readonly verifyToken: string;
}

/**
 * Makes our address the app's for this kind of object, which Meta asks back at once: https://developers.facebook.com/docs/graph-api/reference/application/subscriptions. An app has one address a kind of object.
 */
export async function subscribeApp(
  { appId, appSecret, verifyToken }: MetaApp,
  { apiRoot, ports }: { readonly apiRoot: string; readonly ports: GraphPorts },
  {
    object,
    fields,
    webhookUrl,
  }: { readonly object: string; readonly fields: readonly string[]; readonly webhookUrl: string | undefined },
): Promise<void> {
  if (appId === "") return;
  if (webhookUrl === undefined) throw new ChannelConnectError(publicUrlAdvice);
  const access = { token: `${appId}|${appSecret}`, apiRoot };
  const body = {
    object,
    callback_url: webhookUrl,
    verify_token: verifyToken,
    fields: fields.join(","),
    include_values: true,
  };
  try {
    await callGraph(access, ports, { method: "POST", path: `${appId}/subscriptions`, body }, z.unknown());
  } catch (error) {
    if (!(error instanceof GraphCallError)) throw error;
    const message = `Meta does not take ${webhookUrl} for the app ${appId}: ${error.message}. ${publicUrlAdvice}`;
    throw new ChannelConnectError(message, { cause: error });
  }
}

export const publicUrlAdvice = "Meta calls only https addresses that the internet reaches: set PUBLIC_URL to one";

/** Whether an app of ours hears of the page, account or business account at `path`. */
export async function isSubscribed(access: GraphAccess, ports: GraphPorts, path: string): Promise<boolean> {
  const schema = z.object({ data: z.array(z.unknown()).default([]) });
  return (await callGraph(access, ports, { method: "GET", path }, schema)).data.length > 0;
}
