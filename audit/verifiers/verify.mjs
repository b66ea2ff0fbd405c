#!/usr/bin/env node
// A second verifier for logs exported by Estate SMS: Node 18 or newer, standard library only.
// Written from docs/reference/audit-export.md, not from the Python verifier, so that a mistake in one
// shows against the other. Usage: node verify.mjs FILE [--anchor TEXT|FILE] [--witness KEY|FILE]
// [--auditor KEY.pem] [--json]. Exit: 0 VALID-ANCHORED, 3 VALID-UNANCHORED, 8 INVALID.
// SPDX-License-Identifier: Apache-2.0
import crypto from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";

class Bad extends Error {}
const bad = (why) => { throw new Bad(why); };
const need = (condition, why) => condition || bad(why);

// ---- octets, hashes, base64, canonical JSON ----
const sha256 = (...parts) => parts.reduce((h, p) => h.update(p), crypto.createHash("sha256")).digest();
const hmac = (key, ...parts) => parts.reduce((h, p) => h.update(p), crypto.createHmac("sha256", key)).digest();
const u16 = (n) => Buffer.from([n >> 8, n & 255]);
const u32 = (n) => { const b = Buffer.alloc(4); b.writeUInt32BE(n); return b; };
const u64 = (n) => { const b = Buffer.alloc(8); b.writeBigUInt64BE(BigInt(n)); return b; };
const same = (a, b) => Buffer.compare(a, b) === 0;
const utf8 = (octets) => {
  try { return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(octets); } catch { return bad("not UTF-8"); }
};
function base64(text, length) {
  need(typeof text === "string", "base64 that is no text");
  const octets = Buffer.from(text, "base64");
  need(octets.toString("base64") === text, "base64 that is not canonical");
  need(length === undefined || octets.length === length, `not ${length} octets`);
  return octets;
}
function canonical(value) {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") { need(Number.isSafeInteger(value) && !Object.is(value, -0), "a number out of range"); return String(value); }
  if (typeof value === "string") { need(!/\p{Cs}/u.test(value), "half a surrogate pair"); return JSON.stringify(value); }
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  return `{${Object.keys(value).sort().map((key) => {
    need(/^[\x00-\x7f]*$/.test(key), "a key that is not ASCII");
    return `${JSON.stringify(key)}:${canonical(value[key])}`;
  }).join(",")}}`;
}
function json(octets) {
  const text = utf8(octets);
  let value;
  try { value = JSON.parse(text); } catch { bad("not JSON"); }
  need(canonical(value) === text, "JSON that is not in canonical form");
  return value;
}
const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const hasKeys = (value, keys) => isObject(value) && Object.keys(value).sort().join() === [...keys].sort().join();
const isInt = (value) => Number.isSafeInteger(value);
const isText = (value) => typeof value === "string";

// ---- reading a piece at a time: memory does not grow with the file ----
const PIECE = 1 << 18, LONGEST_LINE = 1 << 22, SMALL = 1 << 26;
class Source {
  constructor(fd) { this.fd = fd; this.size = fs.fstatSync(fd).size; }
  at(from, length) {
    const octets = Buffer.alloc(length);
    let got = 0;
    for (let n = 1; got < length && n > 0; got += n) n = fs.readSync(this.fd, octets, got, length - got, from + got);
    return octets.subarray(0, got);
  }
}
class Member {
  constructor(source, from, length) { Object.assign(this, { source, from, length }); }
  content() { need(this.length <= SMALL, "a member that is too large"); return this.source.at(this.from, this.length); }
  *pieces() { for (let at = 0; at < this.length; at += PIECE) yield this.source.at(this.from + at, Math.min(PIECE, this.length - at)); }
  *lines() {
    let rest = Buffer.alloc(0);
    for (const piece of this.pieces()) {
      const octets = Buffer.concat([rest, piece]);
      let at = 0;
      for (let end; (end = octets.indexOf(10, at)) >= 0; at = end + 1) { need(end - at < LONGEST_LINE, "a line too long"); yield octets.subarray(at, end + 1); }
      rest = octets.subarray(at);
      need(rest.length < LONGEST_LINE, "a line too long");
    }
    need(rest.length === 0, "a line that does not end");
  }
  digest() {
    const hash = crypto.createHash("sha256");
    for (const piece of this.pieces()) hash.update(piece);
    return hash.digest("hex");
  }
}
class Expected {
  constructor(member) { this.pieces = member.pieces(); this.have = Buffer.alloc(0); }
  take(length) {
    while (this.have.length < length) {
      const { value, done } = this.pieces.next();
      if (done) break;
      this.have = Buffer.concat([this.have, value]);
    }
    const octets = this.have.subarray(0, length);
    this.have = this.have.subarray(length);
    return octets;
  }
}

// ---- Merkle tree (RFC 9162) ----
class Tree {
  size = 0; peaks = [];
  add(leaf) {
    for (let n = this.size; n % 2 === 1; n = Math.floor(n / 2)) leaf = sha256("\x01", this.peaks.pop(), leaf);
    this.peaks.push(leaf);
    this.size += 1;
  }
  root() { return this.peaks.length ? this.peaks.reduceRight((right, left) => sha256("\x01", left, right)) : sha256(); }
}

// ---- signatures and notes (C2SP) ----
function signedBy(publicKey, signature, message) {
  try {
    const key = crypto.createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: publicKey.toString("base64url") }, format: "jwk" });
    return crypto.verify(null, Buffer.from(message), key, signature);
  } catch { return false; }
}
const LINE = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/]+={0,2})\n$/;
const keyId = (name, type, key) => sha256(name, "\n", Buffer.from([type]), key).subarray(0, 4);
function parseNote(text) {
  const cut = text.lastIndexOf("\n\n");
  const match = cut < 0 ? null : LINE.exec(text.slice(cut + 2));
  need(match, "not a note with one signature");
  const blob = base64(match[2], 68);
  return { text: text.slice(0, cut + 1), name: match[1], id: blob.subarray(0, 4), signature: blob.subarray(4) };
}
const noteHolds = (note, name, key) => note.name === name && same(note.id, keyId(name, 1, key)) && signedBy(key, note.signature, note.text);
function parseCheckpoint(text) {
  const lines = text.split("\n");
  need(lines.length === 4 && lines[3] === "" && lines[0] !== "" && /^(0|[1-9][0-9]{0,15})$/.test(lines[1]), "not a checkpoint");
  return { origin: lines[0], size: Number(lines[1]), root: base64(lines[2], 32) };
}
const checkpointText = (origin, size, root) => `${origin}\n${size}\n${root.toString("base64")}\n`;
function parseCosignature(line) {
  const match = need(LINE.exec(line), "not a witness's signature line") && LINE.exec(line);
  const blob = base64(match[2], 76);
  return { name: match[1], id: blob.subarray(0, 4), time: blob.readBigUInt64BE(4), signature: blob.subarray(12) };
}
function parseWitness(text) {
  const match = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/.exec(text.trim());
  need(match, "not a witness's public key");
  const raw = base64(match[3], 33);
  const id = keyId(match[1], 4, raw.subarray(1));
  need(raw[0] === 4 && id.toString("hex") === match[2], "a witness's key that does not fit its id");
  return { name: match[1], key: raw.subarray(1), id };
}

// ---- HPKE (RFC 9180): base mode, X25519, HKDF-SHA256, ChaCha20-Poly1305 ----
function expand(prk, info, length) {
  let block = Buffer.alloc(0), out = Buffer.alloc(0);
  for (let i = 1; out.length < length; i += 1) { block = hmac(prk, block, info, Buffer.from([i])); out = Buffer.concat([out, block]); }
  return out.subarray(0, length);
}
function labelled(suite) {
  const extract = (salt, label, ikm) => hmac(salt, "HPKE-v1", suite, label, ikm);
  const grow = (prk, label, info, length) => expand(prk, Buffer.concat([u16(length), Buffer.from("HPKE-v1"), suite, Buffer.from(label), info]), length);
  return { extract, grow };
}
function hpkeOpen(privateKey, sealed, info) {
  try {
    const none = Buffer.alloc(0), enc = sealed.subarray(0, 32);
    const own = base64url(crypto.createPublicKey(privateKey).export({ format: "jwk" }).x);
    const theirs = crypto.createPublicKey({ key: { kty: "OKP", crv: "X25519", x: enc.toString("base64url") }, format: "jwk" });
    const kem = labelled(Buffer.concat([Buffer.from("KEM"), u16(0x20)]));
    const dh = crypto.diffieHellman({ privateKey, publicKey: theirs });
    const shared = kem.grow(kem.extract(none, "eae_prk", dh), "shared_secret", Buffer.concat([enc, own]), 32);
    const suite = labelled(Buffer.concat([Buffer.from("HPKE"), u16(0x20), u16(1), u16(3)]));
    const context = Buffer.concat([Buffer.alloc(1), suite.extract(none, "psk_id_hash", none), suite.extract(none, "info_hash", Buffer.from(info))]);
    const secret = suite.extract(shared, "secret", none);
    return aead("chacha20-poly1305", suite.grow(secret, "key", context, 32), suite.grow(secret, "base_nonce", context, 12), sealed.subarray(32));
  } catch { return null; }
}
const base64url = (text) => Buffer.from(text, "base64url");
function aead(name, key, nonce, sealed, extra) {
  need(sealed.length >= 16, "sealed octets that are too few");
  const cipher = crypto.createDecipheriv(name, key, nonce, { authTagLength: 16 });
  cipher.setAuthTag(sealed.subarray(-16));
  if (extra) cipher.setAAD(extra);
  const plain = cipher.update(sealed.subarray(0, -16));
  try { cipher.final(); } catch { bad("sealed octets that do not open"); }
  return plain;
}
const EXPORT = "estate-sms/audit/export/v1", ENVELOPE = "estate-sms/audit/sealed/v1", CHUNK = 65536;
function openEnvelope(file, auditor) {
  need(auditor, "the file is sealed; it takes the auditor's private key");
  const head = file.at(0, 4096), end = head.indexOf(10);
  need(end >= 0, "not a sealed export");
  const line = json(head.subarray(0, end));
  need(hasKeys(line, ["chunk", "format", "wrap"]) && line.format === ENVELOPE && line.chunk === CHUNK, "not a sealed export");
  const key = hpkeOpen(auditor, base64(line.wrap, 80), ENVELOPE);
  need(key, "the sealed file is not for this auditor");
  const cipher = expand(hmac(Buffer.alloc(32), key), head.subarray(0, end + 1), 32);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "estate-sms-")), name = path.join(folder, "plain");
  const fd = fs.openSync(name, "wx+", 0o600);
  fs.rmSync(folder, { recursive: true }); // it lives on without a name until it is closed
  for (let at = end + 1, n = 0; n === 0 || at < file.size; at += CHUNK + 16, n += 1) {
    const nonce = Buffer.concat([Buffer.alloc(3), u64(n), Buffer.from([at + CHUNK + 16 >= file.size ? 1 : 0])]);
    fs.writeSync(fd, aead("aes-256-gcm", cipher, nonce, file.at(at, CHUNK + 16)));
  }
  return new Source(fd);
}

// ---- the container ----
const MEMBERS = ["records.jsonl", "epochs.json", "checkpoints.jsonl", "anchors.json", "keys.json", "view.csv", "MANIFEST.json", "MANIFEST.sig"];
function tarHeader(name, size) {
  const block = Buffer.alloc(512);
  block.write(name, 0);
  block.write("0000644\0" + "0000000\0".repeat(2) + size.toString(8).padStart(11, "0") + "\0" + "00000000000\0" + " ".repeat(8) + "0", 100, "latin1");
  block.write("ustar\x0000", 257, "latin1");
  block.write("0000000\0".repeat(2), 329, "latin1");
  block.write(block.reduce((sum, octet) => sum + octet, 0).toString(8).padStart(6, "0") + "\0 ", 148, "latin1");
  return block;
}
function readMembers(file) {
  const found = {};
  let at = 0;
  for (const name of MEMBERS) {
    const header = file.at(at, 512), octal = header.toString("latin1", 124, 136);
    need(/^[0-7]{11}\0$/.test(octal), `no member ${name}`);
    const size = parseInt(octal, 8), padded = Math.ceil(size / 512) * 512;
    need(same(header, tarHeader(name, size)), `no member ${name}`);
    need(at + 512 + padded <= file.size, `cut short inside ${name}`);
    found[name] = new Member(file, at + 512, size);
    need(file.at(at + 512 + size, padded - size).every((octet) => octet === 0), "padding that is not zero");
    at += 512 + padded;
  }
  need(file.size === at + 1024 && file.at(at, 1024).every((octet) => octet === 0), "the end is not two zero blocks");
  return found;
}

// ---- manifest, keys, anchors ----
function parseManifest(octets) {
  const m = json(octets);
  need(hasKeys(m, ["files", "first", "format", "from", "last", "origin", "size", "to", "warnings"]), "a manifest of another form");
  need(m.format === EXPORT && [m.origin, m.from, m.to].every(isText) && [m.size, m.first, m.last].every(isInt), "a manifest of another form");
  need(m.size > 0 && 0 <= m.first && m.first <= m.last && m.last < m.size, "a manifest of another form");
  need(Array.isArray(m.warnings) && m.warnings.every(isText) && Array.isArray(m.files), "a manifest of another form");
  need(m.files.every((f) => hasKeys(f, ["name", "sha256", "size"])), "a manifest of another form");
  need(m.files.map((f) => f.name).join() === MEMBERS.slice(0, 6).join(), "a manifest of other members");
  return m;
}
function parseKeys(octets) {
  const list = json(octets), plain = new Map(), wrapped = new Map();
  need(Array.isArray(list), "keys that are no list");
  let before = 0;
  for (const entry of list) {
    need(isObject(entry) && isInt(entry.epoch) && entry.epoch > before, "keys out of order");
    before = entry.epoch;
    if (hasKeys(entry, ["epoch", "key"])) plain.set(before, base64(entry.key, 32));
    else if (hasKeys(entry, ["epoch", "wrap"])) wrapped.set(before, base64(entry.wrap, 80));
    else bad("a key of the wrong form");
  }
  return { plain, wrapped };
}
const TIME = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z$/;
function parseReceipts(octets, size) {
  const list = json(octets);
  need(Array.isArray(list), "anchors that are no list");
  return list.map((entry) => {
    need(hasKeys(entry, ["at", "by", "kind", "proof", "root", "size"]), "an anchor of the wrong form");
    need([entry.at, entry.by, entry.proof].every(isText) && TIME.test(entry.at), "an anchor of the wrong form");
    need(["sms", "witness", "paper"].includes(entry.kind) && isInt(entry.size) && entry.size > 0, "an anchor of the wrong form");
    need(entry.size <= size, "the log was cut: it lists an anchor beyond its end");
    return { ...entry, root: base64(entry.root, 32) };
  });
}
export function parseHeld(text) {
  let match = /ESA1 ([1-9][0-9]{0,14}) ([1-9][0-9]{0,8}) ([A-Za-z0-9+/]{43}) ([A-Za-z0-9+/]{86})/.exec(text);
  if (match) return { size: Number(match[1]), epoch: Number(match[2]), root: base64(`${match[3]}=`), signature: base64(`${match[4]}==`), label: "SMS" };
  match = /审计锚 E([1-9][0-9]{0,8}) N([1-9][0-9]{0,14}) ([A-Z2-7]{32})/.exec(text);
  if (match) {
    const bits = [...match[3]].map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0")).join("");
    return { size: Number(match[2]), root: Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2))), label: "SMS" };
  }
  const head = text.replaceAll("\r\n", "\n").replace(/^[\ufeff\n]+/, "").split("\n\n")[0].replace(/\n+$/, "");
  return { ...parseCheckpoint(`${head}\n`), label: "note" };
}

// ---- records ----
const KINDS = new Set("send approve recall access config key export drill rights clock sys".split(" "));
const BASE = ["v", "o", "seq", "ep", "k", "ts", "mono", "boot", "tq", "prev"];
function moment(ts) {
  const [year, month, day, hour, minute, second] = ts.match(/[0-9]+/g).map(Number);
  const at = new Date(0);
  at.setUTCFullYear(year, month - 1, day);
  at.setUTCHours(hour, minute, second, 0);
  return year > 0 && at.toISOString().slice(0, 19) === ts.slice(0, 19);
}
function parseHeader(h) {
  need(isObject(h), "a record without a header");
  const extra = Object.keys(h).filter((key) => !BASE.includes(key));
  need(Object.keys(h).length - extra.length === 10 && ["", "open", "close"].includes(extra.join()), "a header with other fields");
  need(h.v === 1 && isInt(h.seq) && h.seq >= 0 && isInt(h.ep) && h.ep >= 1 && h.ep < 2 ** 32 && isInt(h.mono), "a header out of form");
  need([h.o, h.prev, h.k, h.ts, h.boot, h.tq].every(isText) && KINDS.has(h.k) && /^[0-9a-f]{16}$/.test(h.boot), "a header out of form");
  need(["ntp", "rtc", "gsm", "none"].includes(h.tq) && TIME.test(h.ts) && moment(h.ts), "a header out of form");
  if (h.prev !== "") base64(h.prev, 32);
  if ("open" in h) need(hasKeys(h.open, ["kc", "pk", "suite", "wrap"]) && h.open.suite === "es1" && base64(h.open.kc, 32) && base64(h.open.pk, 32) && base64(h.open.wrap, 80), "an epoch.open out of form");
  if ("close" in h) need(hasKeys(h.close, ["next", "why"]) && ["stop", "day", "records", "start"].includes(h.close.why) && base64(h.close.next, 32), "an epoch.close out of form");
  return h;
}
const FIELDS = ["action", "actor", "object", "result", "reason", "details", "personal"];
function bodyCells(octets) {
  const body = json(octets);
  need(isObject(body) && Object.keys(body).every((key) => FIELDS.includes(key)) && "action" in body && "actor" in body, "a body with other fields");
  const texts = FIELDS.slice(0, 5).map((key) => (Object.hasOwn(body, key) ? body[key] : ""));
  need(texts.every(isText) && isObject(body.details ?? (("details" in body) ? null : {})), "a body out of form");
  const personal = "personal" in body ? body.personal : {};
  need(isObject(personal), "a body out of form");
  const people = Object.keys(personal).sort().map((name) => {
    need(isObject(personal[name]) && isText(personal[name].$s), "a personal field without its subject");
    return `${name}=${base64(personal[name].$s).toString("hex")}`;
  });
  return [...texts, "details" in body ? canonical(body.details) : "", people.join(" ")];
}
function csvRow(cells) {
  return Buffer.from(cells.map((cell) => (/^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell))
    .map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(",") + "\r\n");
}
const COLUMNS = "seq time epoch class action actor object result reason details personal leaf".split(" ");

class Log {
  constructor(members, manifest, keys, auditor, points) {
    Object.assign(this, { members, manifest, keys, auditor, points });
    this.seq = 0; this.tree = new Tree(); this.prev = ""; this.epochs = []; this.announced = null; this.ended = null;
    this.opened = 0; this.signed = 0; this.refused = []; this.table = new Expected(members["view.csv"]);
  }
  view(row) { need(same(this.table.take(row.length), row), "view.csv does not say what the record says"); }
  run() {
    this.view(Buffer.concat([Buffer.from("\ufeff"), csvRow(COLUMNS)]));
    const signed = this.members["checkpoints.jsonl"].lines();
    let due = this.checkpoint(signed);
    for (const line of this.members["records.jsonl"].lines()) {
      need(this.seq < this.manifest.size, "more records than the manifest says");
      const closing = line.subarray(0, 4).equals(Buffer.from('{"l"')) ? this.hidden(line) : this.record(line);
      if (due && due.head.size === this.tree.size) {
        this.checkCheckpoint(due);
        due = this.checkpoint(signed);
      } else need(!closing && this.seq !== this.manifest.size - 1, "a checkpoint is missing");
      for (const root of this.points.get(this.tree.size) ?? []) need(same(this.tree.root().subarray(0, root.length), root), "not the records that an anchor vouches for");
      this.seq += 1;
    }
    need(this.seq === this.manifest.size, "records are missing at the end");
    need(!due, "a checkpoint vouches for records that are missing");
    need(!this.ended || this.ended.close.why === "stop", "the log was cut: the epoch that followed at once is missing");
    need(this.table.take(1).length === 0, "view.csv has rows that no record has");
  }
  checkpoint(signed) {
    const { value: line, done } = signed.next();
    if (done) return null;
    const raw = json(line.subarray(0, -1));
    need(hasKeys(raw, ["note"]) && isText(raw.note), "a checkpoint with other fields");
    const note = parseNote(raw.note), head = parseCheckpoint(note.text);
    need(head.size > this.tree.size, "checkpoints of one size, or out of order");
    return { note, head };
  }
  checkCheckpoint({ note, head }) {
    const epoch = this.epochs.at(-1);
    need(noteHolds(note, `${this.manifest.origin}/e${epoch.number}`, epoch.pk), "a checkpoint that the epoch's key did not sign");
    need(head.origin === this.manifest.origin && same(head.root, this.tree.root()), "not the records that the checkpoint signed");
    this.signed += 1;
  }
  grow(leaf) { this.tree.add(leaf); this.prev = leaf.toString("base64"); }
  covers() { return this.manifest.first <= this.seq && this.seq <= this.manifest.last; }
  hidden(line) {
    const raw = json(line.subarray(0, -1));
    need(hasKeys(raw, ["l"]), "a leaf that is no leaf");
    const leaf = base64(raw.l, 32);
    need(!this.covers(), "a record of the period is left out");
    need(this.epochs.length && this.announced === null, "a record outside any epoch");
    this.grow(leaf);
    return false;
  }
  record(line) {
    const raw = json(line.subarray(0, -1));
    need(hasKeys(raw, ["c", "h"]) && isText(raw.c), "a record with other fields");
    const h = parseHeader(raw.h), sealed = base64(raw.c), plain = Buffer.from(canonical(raw.h));
    need(h.o === this.manifest.origin && h.seq === this.seq && h.prev === this.prev, "a record that does not belong here");
    this.succession(h);
    const frame = "open" in h || "close" in h, key = this.epochs.at(-1).key;
    need(!frame || (sealed.length === 0 && h.k === "sys"), "an epoch.open or epoch.close with a body");
    let cells = null;
    if (frame) cells = ["open" in h ? "epoch.open" : "epoch.close", "system", "", "", "", "", ""];
    else if (key) {
      cells = bodyCells(aead("aes-256-gcm", key, Buffer.concat([u32(h.ep), u64(h.seq)]), sealed, plain));
      this.opened += 1;
    }
    const leaf = sha256("\x00", u32(plain.length), plain, sealed);
    this.grow(leaf);
    if (!this.covers()) return need(frame, "a record outside the period shown in full") && "close" in h;
    this.edge(h);
    const shown = frame || this.keys.plain.has(h.ep) ? cells : null;
    this.view(csvRow([String(h.seq), h.ts, String(h.ep), h.k, ...(shown ?? ["(sealed)", "", "", "", "", "", ""]), leaf.toString("hex")]));
    return "close" in h;
  }
  edge(h) {
    const { first, last, size, from, to } = this.manifest;
    const edge = (h.seq === first && first !== 0) || (h.seq === last && last !== size - 1);
    const inside = from <= h.ts && (to === "" || h.ts < to);
    need(!edge || ((from !== "" || to !== "") && !inside), "records of the period are left out");
  }
  succession(h) {
    if ("open" in h) {
      const pk = base64(h.open.pk);
      if (this.epochs.length) {
        need(this.announced !== null, "an epoch begins before the last one was closed");
        need(same(this.announced, pk), "not the signing key that was announced");
        const at = (r) => `${r.boot} ${r.ts} ${r.mono}`;
        need(this.ended.close.why === "stop" || at(this.ended) === at(h), "the epoch that followed at once is missing");
      }
      need(h.ep === this.epochs.length + 1, "an epoch is missing");
      const key = this.epochKey(h);
      const commitment = key && hmac(key, "estate-sms/audit/kc/v1", this.manifest.origin, u32(h.ep));
      need(!key || same(commitment, base64(h.open.kc)), "not the key that the log committed to");
      this.epochs.push({ number: h.ep, first: h.seq, last: null, pk, key });
      this.announced = this.ended = null;
    } else need(this.epochs.length && this.announced === null, "a record outside any epoch");
    need(h.ep === this.epochs.length, "a record of another epoch");
    if ("close" in h) { this.epochs.at(-1).last = h.seq; this.announced = base64(h.close.next); this.ended = h; }
  }
  epochKey(h) {
    if (this.keys.plain.has(h.ep)) return this.keys.plain.get(h.ep);
    if (!this.auditor) return null;
    for (const wrap of [base64(h.open.wrap), this.keys.wrapped.get(h.ep)]) {
      const key = wrap && hpkeOpen(this.auditor, wrap, `estate-sms/epoch/v1|${this.manifest.origin}|${h.ep}`);
      if (key) return key;
    }
    this.refused.push(h.ep);
    return null;
  }
}

// ---- the whole ----
export function verify(source, { held = [], witnesses = [], auditor = null } = {}) {
  let log = null, replayed = false, file = source;
  const verdict = (outcome, reason, more = {}) => ({ outcome, reason, sequence: null, size: log?.manifest.size ?? 0, opened: log?.opened ?? 0, anchors: [], ...more });
  try {
    if (source.at(0, 1)[0] === 0x7b) file = openEnvelope(source, auditor);
    const members = readMembers(file), content = (name) => members[name].content();
    const sealed = content("MANIFEST.json"), manifest = parseManifest(sealed);
    const keys = parseKeys(content("keys.json")), receipts = parseReceipts(content("anchors.json"), manifest.size);
    const points = new Map();
    for (const a of [...held, ...receipts]) points.set(a.size, [...(points.get(a.size) ?? []), a.root]);
    log = new Log(members, manifest, keys, auditor, points);
    log.run();
    replayed = true;
    const listed = log.epochs.map((e) => ({ epoch: e.number, first: e.first, last: e.last, pk: e.pk.toString("base64") }));
    need(content("epochs.json").equals(Buffer.from(canonical(listed))), "the list of epochs is not what the records say");
    need([...keys.plain.keys(), ...keys.wrapped.keys()].every((n) => n <= log.epochs.length), "a key of an epoch that is not in the log");
    for (const f of manifest.files) need(f.size === members[f.name].length && f.sha256 === members[f.name].digest(), `${f.name} is not what the manifest lists`);
    const last = log.epochs.at(-1), [number, pk] = log.announced ? [last.number + 1, log.announced] : [last.number, last.pk];
    const note = parseNote(utf8(content("MANIFEST.sig")));
    need(note.text === `${EXPORT}\n${manifest.origin}\n${sha256(sealed).toString("base64")}\n` && noteHolds(note, `${manifest.origin}/e${number}`, pk), "the manifest is not signed by the log's current key");
    const counted = weigh(manifest, log.epochs, held, receipts, witnesses);
    need(!(log.refused.length && keys.plain.size === 0 && log.epochs.some((e) => e.key)), "a wrapped key does not open");
    if (!counted.length) return verdict("VALID-UNANCHORED", "sound in itself; nobody outside vouches for it");
    const reach = Math.max(...counted.map((c) => c.size));
    return verdict("VALID-ANCHORED", `anchored up to record ${reach - 1}; ${manifest.size - reach} records after it`, { anchors: counted.map((c) => c.label) });
  } catch (error) {
    if (!(error instanceof Bad || error instanceof RangeError)) throw error;
    return verdict("INVALID", error.message, { sequence: log && !replayed ? log.seq : null });
  } finally {
    if (file !== source) fs.closeSync(file.fd);
  }
}
function weigh(manifest, epochs, held, receipts, witnesses) {
  const counted = [];
  for (const a of held) {
    need(!a.origin || a.origin === manifest.origin, "an anchor is of another log");
    need(a.size <= manifest.size, "the log was cut: an anchor vouches for more records");
    if (a.signature) {
      const epoch = epochs.find((e) => e.number === a.epoch);
      need(epoch && signedBy(epoch.pk, a.signature, checkpointText(manifest.origin, a.size, a.root)), "an anchor without this log's signature: mistyped?");
    }
    counted.push(a);
  }
  for (const r of receipts.filter((receipt) => receipt.kind === "witness")) {
    const line = parseCosignature(r.proof);
    const witness = witnesses.find((w) => w.name === line.name && same(w.id, line.id));
    if (!witness) continue;
    const message = `cosignature/v1\ntime ${line.time}\n${checkpointText(manifest.origin, r.size, r.root)}`;
    need(signedBy(witness.key, line.signature, message), "a witness's signature that is not its own");
    counted.push({ size: r.size, label: `witness ${witness.name}` });
  }
  return counted;
}

function main(args) {
  const given = { held: [], witnesses: [], auditor: null }, files = [];
  let asJson = false;
  const content = (text) => (text.length < 4096 && !text.includes("\n") && fs.existsSync(text) ? fs.readFileSync(text, "utf8") : text);
  try {
    for (let i = 0; i < args.length; i += 1) {
      if (args[i] === "--anchor") given.held.push(parseHeld(content(args[i += 1])));
      else if (args[i] === "--witness") given.witnesses.push(parseWitness(content(args[i += 1])));
      else if (args[i] === "--auditor") given.auditor = crypto.createPrivateKey(fs.readFileSync(args[i += 1]));
      else if (args[i] === "--json") asJson = true;
      else files.push(args[i]);
    }
    need(files.length > 0, "usage: verify.mjs FILE… [--anchor TEXT|FILE] [--witness KEY|FILE] [--auditor KEY.pem] [--json]");
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
  let code = 0;
  for (const name of files) {
    let result, fd;
    try {
      fd = fs.openSync(name, "r");
      result = verify(new Source(fd), given);
    } catch (error) {
      if (!error.code) throw error;
      result = { outcome: "INVALID", reason: `the file cannot be read: ${error.code}`, sequence: null };
    } finally { if (fd !== undefined) fs.closeSync(fd); }
    process.stdout.write(asJson ? `${JSON.stringify({ file: name, ...result })}\n` : `${result.outcome}\n`);
    if (!asJson) process.stderr.write(`${result.sequence === null ? "" : `record ${result.sequence}: `}${result.reason}\n`);
    code = Math.max(code, { "VALID-ANCHORED": 0, "VALID-UNANCHORED": 3, INVALID: 8 }[result.outcome]);
  }
  return code;
}
if (process.argv[1] && import.meta.url === pathToFileURL(fs.realpathSync(process.argv[1])).href) process.exitCode = main(process.argv.slice(2));
