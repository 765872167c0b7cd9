import type { Generated } from "kysely";
import type { DealStatusKind, Distribution } from "../model/sales-plan.ts";
import type { Line, OrderDetails, OrderStatus } from "../model/shop.ts";
import type { DefaultedJsonColumn, JsonColumn, Timestamp } from "./column-types.ts";

/** Products, carts and orders; sales plans and their deals. */
export interface SalesTables {
  products: {
    id: Generated<number>;
    workspaceId: number;
    name: string;
    description: Generated<string>;
    imageUrl: string | null;
    active: Generated<boolean>;
    createdAt: Timestamp;
    updatedAt: Timestamp;
  };
  variants: {
    id: Generated<number>;
    workspaceId: number;
    productId: number;
    sku: string | null;
    name: Generated<string>;
    description: Generated<string>;
    imageUrl: string | null;
    price: number;
    comparePrice: number | null;
    currency: string;
    active: Generated<boolean>;
    stock: number | null;
    createdAt: Timestamp;
    updatedAt: Timestamp;
  };
  carts: {
    contactId: number;
    id: number;
    currency: string;
    lines: JsonColumn<readonly Line[]>;
    createdAt: Date;
    updatedAt: Date;
  };
  orders: {
    id: Generated<number>;
    workspaceId: number;
    botId: number;
    contactId: number;
    status: OrderStatus;
    currency: string;
    lines: JsonColumn<readonly Line[]>;
    total: number;
    details: DefaultedJsonColumn<OrderDetails>;
    createdAt: Date;
    updatedAt: Date;
  };
  salesPlans: {
    id: Generated<number>;
    workspaceId: number;
    ref: string;
    name: string;
    currency: string;
    averageCheck: number | null;
    label: Generated<string>;
    distribution: Distribution;
    lastManagerId: number | null;
    createdAt: Timestamp;
  };
  salesPlanStatuses: {
    id: Generated<number>;
    planId: number;
    ref: string;
    name: string;
    kind: DealStatusKind;
    place: number;
  };
  salesPlanManagers: { planId: number; memberId: number; place: number };
  deals: {
    id: Generated<number>;
    workspaceId: number;
    botId: number;
    contactId: number;
    planId: number;
    statusId: number;
    title: string;
    sum: number;
    currency: string;
    managerId: number | null;
    note: Generated<string>;
    createdAt: Date;
    changedAt: Date;
    closedAt: Date | null;
  };
}
