import { Queue } from "bullmq";
import { Redis } from "ioredis";

const { REDIS_URL: url = "", PREFIX: prefix = "" } = process.env;
// BullMQ asks for this with workers: https://docs.bullmq.io/guide/connections
export const connect = () => ({ connection: new Redis(url, { maxRetriesPerRequest: null }), prefix });
const jobOptions = { attempts: 5, backoff: { type: "exponential", delay: 500 }, removeOnComplete: 1000 };
export const inbound = new Queue("inbound", { ...connect(), defaultJobOptions: jobOptions });
export const outbound = new Queue("outbound", { ...connect(), defaultJobOptions: jobOptions });
