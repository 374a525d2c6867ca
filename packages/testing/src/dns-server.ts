/** A DNS server for one test, with answers that the test sets. */

import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { freshTcp } from "./endpoint.ts";

/** An SRV record, in the form of node:dns. */
export interface SrvAnswer {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly name: string;
}

/** Records, or the server's reaction without them. An empty list means: the name has no records of this type. */
export type DnsAnswer = readonly string[] | readonly SrvAnswer[] | "SERVFAIL" | "REFUSED" | "silence";

export interface DnsQuery {
  readonly name: string;
  readonly type: DnsType;
  readonly transport: "udp" | "tcp";
  /** The time of arrival, by `performance.now()`. */
  readonly at: number;
}

const types = { A: 1, AAAA: 28, SRV: 33 } as const;
export type DnsType = keyof typeof types;

/** The codes of RFC 1035. */
const codes = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 } as const;
/** The length of the header in bytes; the question follows it. */
const headerSize = 12;
/** The longest answer over UDP in bytes. A longer one is truncated, and the client asks again over TCP. */
const longestDatagram = 512;

/** Listens on 127.0.0.1 over UDP and TCP. A name without an answer does not exist (NXDOMAIN). */
export class DnsServer implements AsyncDisposable {
  /** The address for `resolver.setServers`: `127.0.0.1:<port>`. */
  readonly address: string;
  /** All queries, in order of arrival. */
  readonly queries: DnsQuery[] = [];
  readonly #answers = new Map<string, Map<DnsType, DnsAnswer>>();
  readonly #udp: UdpSocket = createSocket("udp4");
  readonly #tcp: Server = createServer((socket) => this.#converse(socket));
  readonly #sockets = new Set<Socket>();

  private constructor(port: number) {
    this.address = `127.0.0.1:${port}`;
  }

  static async listen(): Promise<DnsServer> {
    const port = Number(new URL(await freshTcp()).port);
    const server = new DnsServer(port);
    server.#udp.on("message", (query, { port, address }) => {
      const answer = server.#answer(query, "udp");
      if (answer !== undefined) server.#udp.send(cut(answer, query), port, address);
    });
    server.#udp.bind(port, "127.0.0.1");
    server.#tcp.listen(port, "127.0.0.1");
    await Promise.all([once(server.#udp, "listening"), once(server.#tcp, "listening")]);
    return server;
  }

  /** Sets the answers from now on. */
  set(name: string, type: DnsType, answer: DnsAnswer): void {
    const ofName = this.#answers.get(name) ?? new Map<DnsType, DnsAnswer>();
    this.#answers.set(name, ofName.set(type, answer));
  }

  /** Removes a name: it does not exist any more. */
  delete(name: string): void {
    this.#answers.delete(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all([
      new Promise<void>((resolve) => this.#udp.close(resolve)),
      new Promise<unknown>((resolve) => this.#tcp.close(resolve)),
    ]);
  }

  /** Reads TCP messages; two bytes before each give its length. */
  #converse(socket: Socket): void {
    let read = Buffer.alloc(0);
    this.#sockets.add(socket);
    socket.on("error", () => {}).on("close", () => this.#sockets.delete(socket));
    socket.on("data", (data) => {
      read = Buffer.concat([read, data]);
      while (read.length >= 2 && read.length >= 2 + read.readUInt16BE()) {
        const end = 2 + read.readUInt16BE();
        const answer = this.#answer(read.subarray(2, end), "tcp");
        if (answer !== undefined) socket.write(Buffer.concat([uint16(answer.length), answer]));
        read = read.subarray(end);
      }
    });
  }

  #answer(query: Buffer, transport: DnsQuery["transport"]): Buffer | undefined {
    const { name, type, end } = questionOf(query);
    this.queries.push({ name, type, transport, at: performance.now() });
    const ofName = this.#answers.get(name);
    const answer = ofName?.get(type) ?? [];
    if (answer === "silence") return undefined;
    const code = typeof answer === "string" ? answer : ofName === undefined ? "NXDOMAIN" : "NOERROR";
    const records = typeof answer === "string" ? [] : answer.map((each) => record(type, each));
    const header = [query.subarray(0, 2), uint16(0x8180 | codes[code]), uint16(1), uint16(records.length), uint16(0)];
    return Buffer.concat([...header, uint16(0), query.subarray(headerSize, end), ...records]);
  }
}

/** Fits an answer into a datagram: an answer that is too long becomes only the question, with the bit TC. */
function cut(answer: Buffer, query: Buffer): Buffer {
  if (answer.length <= longestDatagram) return answer;
  const short = Buffer.from(answer.subarray(0, questionOf(query).end));
  short.writeUInt16BE(short.readUInt16BE(2) | 0x0200, 2);
  short.writeUInt16BE(0, 6);
  return short;
}

function questionOf(query: Buffer): { readonly name: string; readonly type: DnsType; readonly end: number } {
  const labels: string[] = [];
  let at = headerSize;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  const asked = query.readUInt16BE(at + 1);
  const type = Object.entries(types).find(([, number]) => number === asked)?.[0];
  if (type === undefined) throw new Error(`A query for records of type ${asked}, which this name server does not know`);
  return { name: labels.join("."), type: type as DnsType, end: at + 5 };
}

/** A record that must not be cached. Its name is a pointer to the name in the question. */
function record(type: DnsType, value: string | SrvAnswer): Buffer {
  const data = typeof value === "string" ? addressBytes(type, value) : srvBytes(value);
  const head = [uint16(0xc000 | headerSize), uint16(types[type]), uint16(1), uint16(0), uint16(0)];
  return Buffer.concat([...head, uint16(data.length), data]);
}

function addressBytes(type: DnsType, address: string): Buffer {
  if (type === "A") return Buffer.from(address.split(".").map(Number));
  const [before = [], after = []] = address.split("::").map((half) => half.split(":").filter((group) => group !== ""));
  const zeros = new Array<string>(8 - before.length - after.length).fill("0");
  return Buffer.concat([...before, ...zeros, ...after].map((group) => uint16(Number.parseInt(group, 16))));
}

function srvBytes({ priority, weight, port, name }: SrvAnswer): Buffer {
  const labels = name.split(".").filter((label) => label !== "");
  const target = labels.map((label) => Buffer.from(String.fromCharCode(label.length) + label, "latin1"));
  return Buffer.concat([uint16(priority), uint16(weight), uint16(port), ...target, Buffer.alloc(1)]);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}
