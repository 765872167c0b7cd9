import type { ActionCatalogue } from "../engine/action-type.ts";
import { addLabel } from "./add-label.ts";
import { addNote } from "./add-note.ts";
import { addTag } from "./add-tag.ts";
import { addToCart } from "./add-to-cart.ts";
import { addToSalesPlan } from "./add-to-sales-plan.ts";
import { assignAgent } from "./assign-agent.ts";
import { ban } from "./ban.ts";
import { changeDealStatus } from "./change-deal-status.ts";
import { checkOutCart } from "./check-out-cart.ts";
import { clearField } from "./clear-field.ts";
import { clearVariable } from "./clear-variable.ts";
import { createEmailSubscriber } from "./create-email-subscriber.ts";
import { createOrder } from "./create-order.ts";
import { emptyCart } from "./empty-cart.ts";
import { hasLabel } from "./has-label.ts";
import { hasTag } from "./has-tag.ts";
import { listCartItems } from "./list-cart-items.ts";
import { listDeals } from "./list-deals.ts";
import { listLabels } from "./list-labels.ts";
import { listOrders } from "./list-orders.ts";
import { listSequences } from "./list-sequences.ts";
import { listTags } from "./list-tags.ts";
import { logEvent } from "./log-event.ts";
import { markRead } from "./mark-read.ts";
import { markUnread } from "./mark-unread.ts";
import { mentionAgent } from "./mention-agent.ts";
import { moveConversation } from "./move-conversation.ts";
import { optIn } from "./opt-in.ts";
import { optOut } from "./opt-out.ts";
import { pauseBot } from "./pause-bot.ts";
import { removeAllDelays } from "./remove-all-delays.ts";
import { removeAllLabels } from "./remove-all-labels.ts";
import { removeAllScheduledMessages } from "./remove-all-scheduled-messages.ts";
import { removeAllTags } from "./remove-all-tags.ts";
import { removeFromCart } from "./remove-from-cart.ts";
import { removeFromSalesPlan } from "./remove-from-sales-plan.ts";
import { removeLabel } from "./remove-label.ts";
import { removeScheduledMessage } from "./remove-scheduled-message.ts";
import { removeTag } from "./remove-tag.ts";
import { resumeBot } from "./resume-bot.ts";
import { scheduleMessage } from "./schedule-message.ts";
import { sendContactToAmocrm } from "./send-contact-to-amocrm.ts";
import { sendDealToAmocrm } from "./send-deal-to-amocrm.ts";
import { sendEmail } from "./send-email.ts";
import { sendMessage } from "./send-message.ts";
import { sendToGetcourse } from "./send-to-getcourse.ts";
import { sendWebhook } from "./send-webhook.ts";
import { setConsent } from "./set-consent.ts";
import { setField } from "./set-field.ts";
import { setProfile } from "./set-profile.ts";
import { setVariable } from "./set-variable.ts";
import { startFlow } from "./start-flow.ts";
import { stopFlow } from "./stop-flow.ts";
import { subscribeSequence } from "./subscribe-sequence.ts";
import { unassignAgent } from "./unassign-agent.ts";
import { unban } from "./unban.ts";
import { unsubscribeSequence } from "./unsubscribe-sequence.ts";
import { updateDeal } from "./update-deal.ts";
import { updateOrder } from "./update-order.ts";
import { viewProfile } from "./view-profile.ts";

/** The action catalogue: what can be done to a contact, for flows, doors and bulk jobs alike. */
export const actions = {
  add_label: addLabel,
  add_note: addNote,
  add_tag: addTag,
  add_to_cart: addToCart,
  add_to_sales_plan: addToSalesPlan,
  assign_agent: assignAgent,
  ban,
  change_deal_status: changeDealStatus,
  check_out_cart: checkOutCart,
  clear_field: clearField,
  clear_variable: clearVariable,
  create_email_subscriber: createEmailSubscriber,
  create_order: createOrder,
  empty_cart: emptyCart,
  has_label: hasLabel,
  has_tag: hasTag,
  list_cart_items: listCartItems,
  list_deals: listDeals,
  list_labels: listLabels,
  list_orders: listOrders,
  list_sequences: listSequences,
  list_tags: listTags,
  log_event: logEvent,
  mark_read: markRead,
  mark_unread: markUnread,
  mention_agent: mentionAgent,
  move_conversation: moveConversation,
  opt_in: optIn,
  opt_out: optOut,
  pause_bot: pauseBot,
  remove_all_delays: removeAllDelays,
  remove_all_labels: removeAllLabels,
  remove_all_tags: removeAllTags,
  remove_all_scheduled_messages: removeAllScheduledMessages,
  remove_from_cart: removeFromCart,
  remove_from_sales_plan: removeFromSalesPlan,
  remove_label: removeLabel,
  remove_tag: removeTag,
  remove_scheduled_message: removeScheduledMessage,
  resume_bot: resumeBot,
  schedule_message: scheduleMessage,
  send_contact_to_amocrm: sendContactToAmocrm,
  send_deal_to_amocrm: sendDealToAmocrm,
  send_email: sendEmail,
  send_message: sendMessage,
  send_to_getcourse: sendToGetcourse,
  send_webhook: sendWebhook,
  set_consent: setConsent,
  set_field: setField,
  set_profile: setProfile,
  set_variable: setVariable,
  start_flow: startFlow,
  stop_flow: stopFlow,
  subscribe_sequence: subscribeSequence,
  unassign_agent: unassignAgent,
  unban,
  unsubscribe_sequence: unsubscribeSequence,
  update_deal: updateDeal,
  update_order: updateOrder,
  view_profile: viewProfile,
} as const satisfies ActionCatalogue;
