import type { ActionCatalogue } from "../engine/action-type.ts";
import { addLabel } from "./add-label.ts";
import { addNote } from "./add-note.ts";
import { addTag } from "./add-tag.ts";
import { addToCart } from "./add-to-cart.ts";
import { checkOutCart } from "./check-out-cart.ts";
import { clearField } from "./clear-field.ts";
import { clearVariable } from "./clear-variable.ts";
import { createOrder } from "./create-order.ts";
import { emptyCart } from "./empty-cart.ts";
import { listCartItems } from "./list-cart-items.ts";
import { listOrders } from "./list-orders.ts";
import { optIn } from "./opt-in.ts";
import { optOut } from "./opt-out.ts";
import { removeFromCart } from "./remove-from-cart.ts";
import { removeLabel } from "./remove-label.ts";
import { removeTag } from "./remove-tag.ts";
import { sendMessage } from "./send-message.ts";
import { setField } from "./set-field.ts";
import { setProfile } from "./set-profile.ts";
import { setVariable } from "./set-variable.ts";
import { startFlow } from "./start-flow.ts";
import { stopFlow } from "./stop-flow.ts";
import { subscribeSequence } from "./subscribe-sequence.ts";
import { unsubscribeSequence } from "./unsubscribe-sequence.ts";
import { updateOrder } from "./update-order.ts";

/** The action catalogue: what can be done to a contact, for flows, doors and bulk jobs alike. */
export const actions = {
  add_label: addLabel,
  add_note: addNote,
  add_tag: addTag,
  add_to_cart: addToCart,
  check_out_cart: checkOutCart,
  clear_field: clearField,
  clear_variable: clearVariable,
  create_order: createOrder,
  empty_cart: emptyCart,
  list_cart_items: listCartItems,
  list_orders: listOrders,
  opt_in: optIn,
  opt_out: optOut,
  remove_from_cart: removeFromCart,
  remove_label: removeLabel,
  remove_tag: removeTag,
  send_message: sendMessage,
  set_field: setField,
  set_profile: setProfile,
  set_variable: setVariable,
  start_flow: startFlow,
  stop_flow: stopFlow,
  subscribe_sequence: subscribeSequence,
  unsubscribe_sequence: unsubscribeSequence,
  update_order: updateOrder,
} as const satisfies ActionCatalogue;
