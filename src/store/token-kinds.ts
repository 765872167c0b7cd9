/** What a token opens: the native API, action links, or one of the doors of other products' clients. */
export const tokenKinds = ["api", "action-link", "uchat", "chatbot", "bothelp"] as const;
export type TokenKind = (typeof tokenKinds)[number];
