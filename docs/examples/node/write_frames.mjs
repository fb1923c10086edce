// Writes thirty frames of a camera, ten a second, and their end, then ten messages that will be refused; says where each went.
// node write_frames.mjs FILE.jpg WIDTH HEIGHT [BOOTSTRAP] [TOPIC]
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { encode } from "@msgpack/msgpack";
import { Kafka, Partitioners, logLevel } from "kafkajs";

const [file, width, height, bootstrap = "localhost:9092", topic = "frames.source"] = process.argv.slice(2);
const image = readFileSync(file);
const boot = randomBytes(4).toString("hex");
const FRAMES = 30;

const kafka = new Kafka({ clientId: "example", brokers: bootstrap.split(","), logLevel: logLevel.ERROR });
const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });

function frame(camera, seq, more) {
  return {
    v: 1, type: "frame", camera, boot, seq, captured_at: BigInt(Date.now()) * 1_000_000n,
    width: Number(width), height: Number(height), image, ...more,
  };
}

function packed(message) {
  return Buffer.from(encode(message, { useBigInt64: true }));
}

async function send(what, key, value) {
  const [{ partition, baseOffset }] = await producer.send({ topic, acks: -1, messages: [{ key, value }] });
  console.log(JSON.stringify({ what, key, boot, partition, offset: Number(baseOffset) }));
}

const BAD = {
  "noise": randomBytes(500),
  "cut off": packed(frame("bad", 1)).subarray(0, 100),
  "bytes behind the map": Buffer.concat([packed(frame("bad", 2)), packed(null)]),
  "a future version": packed(frame("bad", 3, { v: 2 })),
  "an unknown type": packed(frame("bad", 4, { type: "picture" })),
  "a time as a float": packed(frame("bad", 5, { captured_at: Date.now() * 1e6 })),
  "a time as an ext type": packed(frame("bad", 6, { captured_at: new Date() })),
  "no width": packed(frame("bad", 7, { width: undefined })),
  "not a JPEG": packed(frame("bad", 8, { image: Buffer.from("hello") })),
  "another camera's key": packed(frame("good", 9)),
};

await producer.connect();
for (let seq = 0; seq < FRAMES; seq += 1) {
  await send("frame", "node-1", packed(frame("node-1", seq)));
  await setTimeout(100);
}
await send("end", "node-1", packed({ v: 1, type: "end", camera: "node-1", boot, last_seq: FRAMES - 1 }));
for (const [what, value] of Object.entries(BAD)) await send(what, "bad", value);
await producer.disconnect();
