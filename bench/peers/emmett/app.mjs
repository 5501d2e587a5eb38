// Emmett with its PostgreSQL store: aggregate the stream, decide, append at the version that was read; eight callers in one process.
// It speaks the same protocol as the scripts in Python (bench/peers/protocol.py). An event's id is its stream and version.
import { readFileSync, writeFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql';
import pg from 'pg';

const TRIES = 50;
const job = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const lines = readFileSync(job.load, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));
const opened = lines.filter((op) => op.past);
const ops = lines.filter((op) => !op.past && op.fate !== 'repeat');
const store = getPostgreSQLEventStore(job.dsn);
const evolve = (state, event) => (event.type === 'close' ? { ...state, closed: true } : state);
const initialState = () => ({ closed: false });

class Refused extends Error {}
class Stale extends Error {}

const eventsOf = (op) =>
  op.details.map((details, at) => ({
    type: op.kind === 'close' && at < op.details.length - 1 ? 'note' : op.kind === 'open' && at > 0 ? 'note' : op.kind,
    data: { case_id: op.case, household_id: op.household, amount_fen: op.amount_fen, details },
  }));

const isConflict = (error) => /version/i.test(`${error.name} ${error.message}`);

async function give(op, expected) {
  const stream = `case/${op.case}`;
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const { state, currentStreamVersion } = await store.aggregateStream(stream, { evolve, initialState });
    if (state.closed && expected === null) throw new Refused();
    const version = expected === null ? currentStreamVersion : BigInt(expected);
    try {
      const { nextExpectedStreamVersion } = await store.appendToStream(stream, eventsOf(op), { expectedStreamVersion: version });
      const last = Number(nextExpectedStreamVersion);
      return { ids: op.details.map((_, at) => `${stream}@${last - op.details.length + 1 + at}`), version: last };
    } catch (error) {
      if (!isConflict(error)) throw error;
      if (expected !== null) throw new Stale();
    }
  }
  throw new Error(`${op.case}: others came first ${TRIES} times`);
}

const driven = { latencies_ms: [], refused: 0, stale: 0, acknowledged: {}, repeated: [], accepted_stale: [], seen: [], took_s: 0 };

async function drive() {
  const versions = new Map();
  const warm = performance.now() + 1000 * job.warm_s;
  const ends = warm + 1000 * job.seconds;
  let next = 0;
  let last = warm;
  async function caller() {
    while (performance.now() < ends && next < ops.length) {
      const op = ops[next];
      next += 1;
      const expected = op.fate === 'stale' ? (versions.get(op.case) ?? 1) - 1 : null;
      const began = performance.now();
      try {
        const given = await give(op, expected);
        if (op.fate === 'stale') driven.accepted_stale.push(op.key);
        driven.acknowledged[op.key] = given.ids;
        versions.set(op.case, Math.max(given.version, versions.get(op.case) ?? 0));
      } catch (error) {
        if (error instanceof Stale) driven.stale += 1;
        else if (error instanceof Refused) driven.refused += 1;
        else throw error;
      }
      const ended = performance.now();
      if (began >= warm) {
        driven.latencies_ms.push(ended - began);
        last = Math.max(last, ended);
      }
    }
  }
  await Promise.all(Array.from({ length: job.callers }, caller));
  driven.took_s = (last - warm) / 1000;
}

async function inTurn(list, width, work) {
  let next = 0;
  await Promise.all(Array.from({ length: width }, async () => {
    while (next < list.length) {
      const one = list[next];
      next += 1;
      await work(one);
    }
  }));
}

await store.schema.migrate();
await inTurn(opened, job.callers, (op) => store.appendToStream(`case/${op.case}`, eventsOf(op)));
await drive();
const client = new pg.Client(job.dsn);
await client.connect();
const rows = (await client.query(
  "select global_position, stream_id, stream_position from emt_messages order by global_position",
)).rows;
const stored = rows.map((row) => [Number(row.global_position), row.stream_id, Number(row.stream_position), `${row.stream_id}@${row.stream_position}`]);
writeFileSync(job.log, JSON.stringify({ ...driven, stored }));
await client.end();
await store.close();
