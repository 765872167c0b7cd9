import { quote, type Sentence } from "./sentence.ts";

/** What kind of no an error is; `http/errors.ts` alone knows which status that makes. */
export type ErrorKind =
  | "malformed"
  | "unauthenticated"
  | "forbidden"
  | "not_found"
  | "method_not_allowed"
  | "conflict"
  | "too_large"
  | "unsupported"
  | "invalid"
  | "internal"
  | "bad_gateway"
  | "unavailable"
  | "too_fast";

interface ErrorRow {
  readonly kind: ErrorKind;
  /** What it means and what to do, for docs/errors.md. */
  readonly meaning: string;
}

const row = (kind: ErrorKind, meaning: string): ErrorRow => ({ kind, meaning });

/** Every code that a door of ours answers with. Codes of single action results are with the actions. */
export const errorTable = {
  "request.overtaken": row(
    "conflict",
    "What the request names was deleted at the same moment, or is still in use. Look again, and repeat it.",
  ),
  "request.malformed": row("malformed", "The body is not JSON (or YAML where that is taken). Check quotes and commas."),
  "request.bad_encoding": row(
    "malformed",
    "The body or the address holds bytes that are not UTF-8. Send UTF-8, percent-encoded in addresses.",
  ),
  "request.bad_cursor": row("malformed", "The cursor is not one that a page gave. Start again without one."),
  "request.invalid": row(
    "invalid",
    "The request can be read, but something in it does not fit; `details` names each place.",
  ),
  "request.too_large": row(
    "too_large",
    "The body is larger than 1 MiB, or a file larger than 10 MiB. Send less at once; of a larger file, its address.",
  ),
  "request.unsupported_media_type": row("unsupported", "The content type is not one this address takes."),
  "request.method_not_allowed": row(
    "method_not_allowed",
    "This address exists, but not for this method; the header `Allow` names those it takes.",
  ),
  "request.not_found": row("not_found", "There is nothing at this address."),
  "metrics.token_needed": row(
    "unauthenticated",
    "Send `Authorization: Bearer …` with what `METRICS_TOKEN` says on this server.",
  ),
  "token.missing": row("unauthenticated", "Send `Authorization: Bearer <token>` with a token of kind `api`."),
  "token.invalid": row("unauthenticated", "The token is unknown, revoked, or of another kind than this door takes."),
  "token.expired": row("unauthenticated", "The token's time is over; the sentence says since when. Make another one."),
  "token.missing_scope": row(
    "forbidden",
    "The token may not do this; make one with the scope that the sentence names.",
  ),
  "token.bot_bound": row("forbidden", "The token is bound to one bot and may not change what all bots share."),
  "token.scope_exceeded": row("forbidden", "A token cannot make one that may do more than itself."),
  "token.too_fast": row("too_fast", "The token makes more requests a second than the settings allow. Wait a second."),
  "request.too_fast": row("too_fast", "One address asks for too much without a token. Wait a second."),
  "token.taken": row("conflict", "A token that somebody brought is one already, or was."),
  "token.not_found": row("not_found", "There is no such token."),
  "idempotency.mismatch": row(
    "invalid",
    "This `Idempotency-Key` was used for another request. Use a new key for a new request.",
  ),
  "idempotency.in_progress": row("conflict", "The first request with this key is still under way. Ask again shortly."),
  "workspace.domain_taken": row("conflict", "Another workspace has this domain."),
  "bot.not_found": row("not_found", "There is no such bot, or the token may not see it."),
  "bot.ref_taken": row("conflict", "Another bot has this ref. Choose another or leave it out."),
  "channel.not_found": row("not_found", "There is no such channel, or it is disconnected."),
  "channel.unknown_kind": row("invalid", "There is no such kind of channel; the sentence lists those there are."),
  "channel.invalid_settings": row("invalid", "The channel's settings do not fit its kind; `details` names each place."),
  "channel.connect_failed": row(
    "bad_gateway",
    "The platform refused the connection; the sentence says why. The channel is kept, marked as broken: correct its settings and connect again.",
  ),
  "channel.refused": row("forbidden", "The webhook call does not prove that it comes from the platform."),
  "channel.unauthenticated": row("unauthenticated", "The webhook call does not prove that it comes from the platform."),
  "channel.bad_webhook": row("malformed", "The webhook call is not one that this channel's platform makes."),
  "channel.no_webhook": row("not_found", "This kind of channel takes no webhook calls."),
  "contact.not_found": row("not_found", "There is no such contact, or the token may not see it."),
  "contact.merge_itself": row("invalid", "A contact cannot be merged into itself. Name two different ones."),
  "contact.merge_other_bot": row(
    "conflict",
    "The two contacts belong to different bots, whose channels and flows are their own. Only contacts of one bot can be merged.",
  ),
  "contact.nothing_to_change": row("invalid", "Name at least one thing to change."),
  "closing_note.not_found": row("not_found", "There is no such closing note."),
  "closing_note.name_taken": row("conflict", "The bot already has a closing note of this name."),
  "custom_event.not_found": row(
    "not_found",
    "There is no such custom event; it is known from the first time it is logged.",
  ),
  "member.not_found": row("not_found", "There is no such member of the workspace."),
  "member.exists": row("conflict", "This user is a member of the workspace already."),
  "member.last_owner": row("conflict", "The workspace needs an owner. Name another one first."),
  "workspace.other_domain": row("invalid", "What was typed to confirm is not the domain of the workspace."),
  "user.last_owner": row(
    "conflict",
    "The account owns a workspace that nobody else owns. Name another owner there, or delete the workspace.",
  ),
  "user.other_email": row("invalid", "What was typed to confirm is not the e-mail of the account."),
  "session.none": row("unauthenticated", "Nobody is signed in on this browser, or the session is over. Sign in."),
  "session.proof_needed": row(
    "forbidden",
    "What gives others power takes the password again, 15 minutes after it was last typed: `POST /auth/proof`, then once more.",
  ),
  "session.wrong_password": row("forbidden", "E-mail and password do not fit together."),
  "session.second_factor_needed": row(
    "forbidden",
    "E-mail and password are right, and the account has a second factor: send `code` too, of the authenticator or a recovery code, or sign in with a passkey. `details` says what the account has: `hasAuthenticator`, `hasPasskeys`.",
  ),
  "session.wrong_code": row(
    "forbidden",
    "The code is not the present one of the authenticator, was used already, or is none of the recovery codes that are left.",
  ),
  "session.wrong_passkey": row(
    "forbidden",
    "The passkey is none of this site's or of this account, nobody showed that it is theirs, or its challenge was used or is older than five minutes.",
  ),
  "passkey.not_found": row("not_found", "The account has no such passkey."),
  "passkey.exists": row("conflict", "The passkey is an account's already."),
  "passkey.too_many": row("conflict", "An account has 20 passkeys at most. Remove one."),
  "passkey.not_here": row(
    "conflict",
    "Browsers do passkeys only where `PUBLIC_URL` has a name and is https (or `localhost`).",
  ),
  "session.no_second_factor": row(
    "forbidden",
    "The workspace wants everybody to sign in with a second factor, and this account has none. Set one up under My account.",
  ),
  "second_factor.is_on": row("conflict", "The account has a second factor. Turn it off first to set up another."),
  "second_factor.is_off": row("conflict", "The account has no second factor, or its set-up was not begun."),
  "second_factor.shared_member": row(
    "forbidden",
    "The person is a member of a workspace that you do not own, so that you cannot take away what protects that one. They use a recovery code, or whoever runs the server resets it.",
  ),
  "session.too_many": row("too_fast", "Too many failed tries. Wait as long as the sentence says."),
  "session.other_site": row("forbidden", "A page of another site sent the request with this browser's session."),
  "session.no_workspace": row("forbidden", "The header `x-workspace` has to name a workspace that you belong to."),
  "session.not_owner": row("forbidden", "This takes the role owner."),
  "password_reset.not_found": row(
    "not_found",
    "The link from the mail was used, replaced by a newer one, or is older than an hour. Ask for another.",
  ),
  "email_change.not_found": row(
    "not_found",
    "The link from the mail was used, replaced by a newer one, ended by a new password, or is older than an hour. Ask for another under My account.",
  ),
  "email_change.other_account": row(
    "forbidden",
    "The link is for another account than the one that is signed in on this browser. Sign in with that one, by the e-mail that it has had so far.",
  ),
  "password_reset.no_mail": row(
    "conflict",
    "The server sends no mail about accounts. Whoever runs it sets `ACCOUNT_SMTP_URL`, or makes a new password with `repartee user reset-password`.",
  ),
  "setup.wrong_code": row("forbidden", "This is not the set-up code that the start printed."),
  "setup.done": row("conflict", "There is a user already. Sign in instead."),
  "invitation.not_found": row("not_found", "The invitation was used, withdrawn, or is too old. Ask for another."),
  "user.email_taken": row("conflict", "There is already a user with this e-mail."),
  "tag.not_found": row("not_found", "There is no such tag."),
  "tag.name_taken": row("conflict", "There is already a tag of this name."),
  "label.not_found": row("not_found", "There is no such label."),
  "label.name_taken": row("conflict", "There is already a label of this name."),
  "field.not_found": row("not_found", "There is no such field."),
  "field.key_taken": row("conflict", "There is already a field with this key or name."),
  "variable.not_found": row("not_found", "There is no such variable."),
  "variable.key_taken": row("conflict", "The bot already has a variable with this key or name."),
  "variable.invalid_value": row("invalid", "The value does not fit the variable's kind."),
  "secret.not_found": row("not_found", "There is no such secret."),
  "secret.key_taken": row("conflict", "The bot already has a secret with this key or name."),
  "flow.not_found": row("not_found", "There is no such flow, or the token may not see it."),
  "flow.ref_taken": row("conflict", "Another flow has this ref. Choose another or leave it out."),
  "flow.draft_conflict": row(
    "conflict",
    "Somebody saved the draft meanwhile. `details` holds the present draft; put your change on top and save with its revision.",
  ),
  "flow.invalid": row(
    "invalid",
    "The flow has problems that must be solved before it is published; `details` lists them.",
  ),
  "flow.version_not_found": row("not_found", "The flow has no such version."),
  "flow.not_published": row("conflict", "The flow is not published."),
  "product.not_found": row("not_found", "There is no such product."),
  "variant.not_found": row("not_found", "There is no such variant."),
  "variant.sku_taken": row("conflict", "Another variant of the workspace has this sku."),
  "order.not_found": row("not_found", "There is no such order, or the token may not see it."),
  "sales_plan.not_found": row("not_found", "There is no such sales plan."),
  "sales_plan.ref_taken": row(
    "conflict",
    "Another sales plan of the workspace has this ref. Choose another or leave it out.",
  ),
  "sales_plan.name_taken": row("conflict", "There is already a sales plan of this name."),
  "sales_plan.has_deals": row(
    "conflict",
    "The sales plan has deals. Move or remove them, or ask for them to be deleted with it (`withDeals=true`).",
  ),
  "sales_plan.status_in_use": row(
    "conflict",
    "The status that is left out has deals. Move them to another status first.",
  ),
  "deal.not_found": row("not_found", "There is no such deal, or the token may not see it."),
  "sequence.not_found": row("not_found", "There is no such sequence, or the token may not see it."),
  "sequence.ref_taken": row("conflict", "Another sequence has this ref. Choose another or leave it out."),
  "sequence.changed": row(
    "conflict",
    "Somebody changed the sequence meanwhile. Read it again, put your change on top, and send it with its revision.",
  ),
  "entry_link.not_found": row("not_found", "There is no such entry link, or the token may not see it."),
  "entry_link.too_long": row(
    "invalid",
    "The data does not fit into a link; the sentence names the length it has and may have. Shorten keys and values, or leave the data with the link on the server (`stored`).",
  ),
  "entry_link.bad_characters": row(
    "invalid",
    "The key has characters that the channel's links cannot carry. Use Latin letters, digits, `_` and `-`, or send it as `data.externalId`.",
  ),
  "entry_link.no_channel": row("invalid", "The channel named has no entry links."),
  "message.not_found": row("not_found", "There is no such message, or the token may not see it."),
  "message.not_retryable": row("conflict", "Only a failed or an uncertain outgoing message can be sent again."),
  "note.not_found": row("not_found", "The contact has no such note."),
  "note.not_yours": row("forbidden", "Only whoever wrote a note can delete it."),
  "saved_reply.not_found": row("not_found", "There is no such saved reply."),
  "saved_reply.shortcut_taken": row("conflict", "Another saved reply has this shortcut. Choose another."),
  "file.empty": row("invalid", "The file has no content."),
  "event.not_found": row("not_found", "There is no such event that failed, or the token may not see it."),
  "webchat.forbidden_origin": row(
    "forbidden",
    "The page that embeds the web chat is not among the channel's `allowedOrigins`. Add its origin there.",
  ),
  "webchat.bad_token": row("unauthenticated", "The visitor's token is not of this server. Ask for a new session."),
  "webchat.no_hello": row("invalid", "A socket's first frame has to be `hello`."),
  "webchat.too_fast": row("too_fast", "The visitor sends more than a person can. Wait a moment."),
  "segment.not_found": row("not_found", "There is no such segment, or the token may not see it."),
  "segment.name_taken": row("conflict", "There is already a segment of this name."),
  "segment.bad_condition": row(
    "invalid",
    "The condition cannot be used; `details.problems` says why, one sentence each.",
  ),
  "webhook.not_found": row("not_found", "There is no such webhook, or the token may not see it."),
  "webhook.delivery_not_found": row("not_found", "The webhook has no such delivery; they are kept for 30 days."),
  "webhook.delivery_waiting": row("conflict", "The delivery is still being tried by itself."),
  "webhook.bad_url": row(
    "invalid",
    "The address or a header cannot be called; the sentence says why. Take a public http or https address without a user name in it.",
  ),
  "webhook.challenge_failed": row(
    "bad_gateway",
    "The receiver did not echo the challenge; the sentence says what it did. Only receivers that know the token are called.",
  ),
  "broadcast.not_found": row("not_found", "There is no such broadcast, or the token may not see it."),
  "broadcast.bad_state": row(
    "conflict",
    "The broadcast is at a point of its life where this is not possible; the sentence names it.",
  ),
  "broadcast.no_rules": row(
    "invalid",
    "The broadcast goes by a condition that has no rules, which would be everybody. Add a rule, or choose everybody (`all`).",
  ),
  "broadcast.changed": row(
    "conflict",
    "Somebody changed the draft meanwhile. Read it again, put your change on top, and send it with its revision.",
  ),
  "import.not_found": row("not_found", "There is no such import, or the token may not see it."),
  "import.pruned": row("conflict", "The file of the import is not kept any more. Upload it again."),
  "import.bad_state": row("conflict", "The import is at a point where this is not possible; the sentence names it."),
  "import.bad_file": row("invalid", "The file cannot be read as CSV with a heading; the sentence says why."),
  "import.too_large": row(
    "too_large",
    "The file is larger than 20 MB. Split it, and upload the parts one after the other.",
  ),
  "integration.not_found": row("not_found", "There is no such integration in the workspace."),
  "integration.unknown_kind": row(
    "invalid",
    "There is no such kind of integration; the sentence lists those there are.",
  ),
  "integration.invalid_settings": row(
    "invalid",
    "The integration's settings do not fit its kind; `details` names each place.",
  ),
  "integration.no_lookup": row("not_found", "This kind of integration has no such list."),
  "integration.refused": row(
    "bad_gateway",
    "The other system said no, or did not answer; the sentence says what it said.",
  ),
  "integration.no_oauth": row("invalid", "This kind of integration is not signed in by the browser."),
  "integration_call.not_found": row(
    "not_found",
    "There is no such call in the log; calls are kept for some time only.",
  ),
  "integration_call.not_retriable": row(
    "conflict",
    "The call went well, is tried again by itself, or was sent again already.",
  ),
  "inbound_webhook.not_found": row("not_found", "There is no such inbound webhook, or it is switched off."),
  "inbound_webhook.nobody": row(
    "invalid",
    "The call names nobody: neither a contact that there is, nor a valid phone or e-mail. Nothing was done.",
  ),
  "inbound_webhook.too_fast": row("too_fast", "The inbound webhook is called too often. Wait a second."),
  "inbound_webhook.bad_mapping": row("invalid", "A path of the mapping is no JSON path, or its target is not there."),
  "action.refused": row("invalid", "The action catalogue refused the call; `details.code` and the sentence say why."),
  "door.unknown_id": row("not_found", "A compat door got an id that leads nowhere, or to what the token may not see."),
  "door.not_offered": row(
    "invalid",
    "The vendor's API has this and the product does not; the door's page under docs/compat lists such calls.",
  ),
  "service.unavailable": row(
    "unavailable",
    "The server is stopping or its database does not answer. Try again shortly.",
  ),
  "service.internal": row(
    "internal",
    "Something broke on our side. It is logged under the request id; nothing was half done.",
  ),
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errorTable;

/** An expected no: a code from the table and a sentence that says what to do (a plain text is one that nobody translates). `details` is data for programs. */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: ErrorCode;
  readonly details: unknown;
  readonly sentence: Sentence;

  constructor(
    code: ErrorCode,
    said: Sentence | string,
    options?: { readonly details?: unknown; readonly cause?: unknown },
  ) {
    const sentence = typeof said === "string" ? quote(said) : said;
    super(sentence.message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.sentence = sentence;
    this.details = options?.details;
  }
}
