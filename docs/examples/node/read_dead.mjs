// Reads dead letters from the beginning and prints their key, size and headers as JSON, one line each.
// node read_dead.mjs [BOOTSTRAP] [TOPIC.dead] [SECONDS]
import { setTimeout } from "node:timers/promises";
import { Kafka, logLevel } from "kafkajs";

const [bootstrap = "localhost:9092", topic = "frames.source.dead", seconds = "10"] = process.argv.slice(2);
const kafka = new Kafka({ clientId: "example", brokers: bootstrap.split(","), logLevel: logLevel.ERROR });
const consumer = kafka.consumer({ groupId: `example-${Date.now()}` });
await consumer.connect();
await consumer.subscribe({ topics: [topic], fromBeginning: true });
await consumer.run({
  eachMessage: async ({ message: { key, value, headers } }) => {
    const said = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, String(text)]));
    console.log(JSON.stringify({ key: key && String(key), bytes: value?.length ?? 0, ...said }));
  },
});
await setTimeout(Number(seconds) * 1000);
await consumer.disconnect();
