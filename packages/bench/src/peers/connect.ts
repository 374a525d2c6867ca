/**
 * Connect for Node.js with its gRPC transport over HTTP/2, without TLS. Its messages are Protobuf, so JSON travels in a StringValue.
 * The service is described by hand where a program would generate code.
 *
 * Backpressure: yes, per stream. HTTP/2's window stops the server's generator.
 */

import { once } from "node:events";
import { createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { create, createFileRegistry } from "@bufbuild/protobuf";
import type { GenService } from "@bufbuild/protobuf/codegenv2";
import {
  FileDescriptorProtoSchema,
  file_google_protobuf_wrappers,
  type StringValueSchema,
  type UInt32ValueSchema,
} from "@bufbuild/protobuf/wkt";
import { createClient } from "@connectrpc/connect";
import { connectNodeAdapter, createGrpcTransport } from "@connectrpc/connect-node";
import type { Peer } from "./peer.ts";
import { quotes } from "./quotes.ts";

const file = create(FileDescriptorProtoSchema, {
  name: "quotes.proto",
  package: "bench",
  syntax: "proto3",
  dependency: [file_google_protobuf_wrappers.proto.name],
  service: [
    {
      name: "Quotes",
      method: [
        {
          name: "Stream",
          inputType: ".google.protobuf.UInt32Value",
          outputType: ".google.protobuf.StringValue",
          serverStreaming: true,
        },
      ],
    },
  ],
});

const service = createFileRegistry(file, () => file_google_protobuf_wrappers.proto).getService(
  "bench.Quotes",
) as unknown as GenService<{
  stream: {
    methodKind: "server_streaming";
    input: typeof UInt32ValueSchema;
    output: typeof StringValueSchema;
  };
}>;

export const connect: Peer = {
  async streamServer() {
    const handler = connectNodeAdapter({
      routes(router) {
        router.service(service, {
          async *stream({ value: count }) {
            for await (const quote of quotes(count)) yield { value: JSON.stringify(quote) };
          },
        });
      },
    });
    const server = createServer(handler).listen(0, "127.0.0.1");
    await once(server, "listening");
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  },

  async streamReader(baseUrl) {
    // Its JSON format is faster than its binary one here.
    const client = createClient(service, createGrpcTransport({ baseUrl, useBinaryFormat: false }));
    return async (count, take) => {
      for await (const { value } of client.stream({ value: count })) {
        const wait = take(JSON.parse(value));
        if (wait !== undefined) await wait;
      }
    };
  },
};
