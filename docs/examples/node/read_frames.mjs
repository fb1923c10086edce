// Reads redacted frames from the beginning and says what it saw, one line of JSON per camera.
// node read_frames.mjs [BOOTSTRAP] [TOPIC] [SECONDS]; the newest picture of each camera is left in CAMERA.jpg.
import { writeFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { decode } from "@msgpack/msgpack";
import { Kafka, logLevel } from "kafkajs";

const [bootstrap = "localhost:9092", topic = "frames.redacted", seconds = "10"] = process.argv.slice(2);
const CAMERA = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;
const BOOTS = 8;
const cameras = new Map();
let refused = 0;

function entry(camera) {
  if (!CAMERA.test(camera)) throw new Error("not a camera's name");
  const fresh = { camera, frames: 0, repeats: 0, missing: 0, ends: 0, raw: 0, withheld: {}, boots: new Map() };
  if (!cameras.has(camera)) cameras.set(camera, fresh);
  return cameras.get(camera);
}

function takeFrame(seen, frame) {
  const seq = BigInt(frame.seq);
  const highest = seen.boots.get(frame.boot) ?? -1n;
  if (seq <= highest) return (seen.repeats += 1);
  seen.missing += Number(seq - highest - 1n);
  seen.boots.set(frame.boot, seq);
  if (seen.boots.size > BOOTS) seen.boots.delete(seen.boots.keys().next().value);
  seen.frames += 1;
  seen.newest = new Date(Number(BigInt(frame.captured_at) / 1_000_000n)).toISOString();
  if (!frame.redaction) return (seen.raw += 1);
  const { withheld, reason } = frame.redaction;
  if (withheld) seen.withheld[reason] = (seen.withheld[reason] ?? 0) + 1;
  writeFileSync(`${seen.camera}.jpg`, frame.image);
}

function take(value) {
  if (value === null) return;
  const message = decode(value, { useBigInt64: true });
  if (Number(message?.v) !== 1) throw new Error("another version");
  if (message.type === "frame") takeFrame(entry(message.camera), message);
  if (message.type === "end") entry(message.camera).ends += 1;
}

const kafka = new Kafka({ clientId: "example", brokers: bootstrap.split(","), logLevel: logLevel.ERROR });
const consumer = kafka.consumer({ groupId: `example-${Date.now()}` });
await consumer.connect();
await consumer.subscribe({ topics: [topic], fromBeginning: true });
await consumer.run({
  eachMessage: async ({ message }) => {
    // What is thrown here would end the consumer.
    try { take(message.value); } catch { refused += 1; }
  },
});
await setTimeout(Number(seconds) * 1000);
await consumer.disconnect();
for (const seen of cameras.values()) console.log(JSON.stringify({ ...seen, boots: [...seen.boots.keys()] }));
console.log(JSON.stringify({ refused }));
