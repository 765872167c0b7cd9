import type { ColumnType } from "kysely";

export type Timestamp = ColumnType<Date, Date | undefined, Date>;

export type NullableTimestamp = ColumnType<Date | null, Date | null | undefined, Date | null>;

export type JsonColumn<T> = ColumnType<T, string, string>;

export type NullableJsonColumn<T> = ColumnType<T | null, string | null | undefined, string | null>;

/** Never null; absent where it is inserted: the column's default. */
export type DefaultedJsonColumn<T> = ColumnType<T, string | undefined, string>;
