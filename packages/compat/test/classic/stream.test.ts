/** A STREAM socket answers HTTP. */

import { type ClientRequest, get, type IncomingMessage } from "node:http";
import { eventually, freshTcp } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import { bound, closeAll, open } from "../sockets.ts";

const page = "<!doctype html><html><head><meta charset='utf-8'></head><body><p>From a raw socket</p></body></html>";

let request: ClientRequest | undefined;

afterEach(() => {
  request?.destroy();
  closeAll();
});

describe("a stream socket", () => {
  test("hears an HTTP request with the identity of its connection, and its answer is an HTTP response", async () => {
    const stream = open("stream");
    const requests: string[] = [];
    stream.on("message", (id: Buffer, data: Buffer) => {
      // Nothing is said when a connection comes or goes.
      if (data.length === 0) return;
      requests.push(data.toString());
      stream.send([id, `HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n${page}`]);
    });
    const address = await bound(stream, await freshTcp());
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request = get(`${address.replace("tcp:", "http:")}/some/path`, resolve).on("error", reject);
    });
    let body = "";
    response.on("error", () => {});
    response.on("data", (chunk: Buffer) => {
      body += chunk.toString();
    });
    await eventually(() => body.length >= page.length);
    expect(body).toBe(page);
    expect(response.statusCode).toBe(200);
    expect(response.headers["content-type"]).toBe("text/html");
    expect(requests).toHaveLength(1);
    expect(requests[0]!.split("\r\n")[0]).toBe("GET /some/path HTTP/1.1");
  });
});
