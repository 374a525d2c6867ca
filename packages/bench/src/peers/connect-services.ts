/** The services of Connect's servers, described by hand where a program would generate code. */

import { create, createFileRegistry, type Message } from "@bufbuild/protobuf";
import type { GenMessage, GenService } from "@bufbuild/protobuf/codegenv2";
import {
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FileDescriptorProtoSchema,
  file_google_protobuf_wrappers,
  type StringValueSchema,
  type UInt32ValueSchema,
} from "@bufbuild/protobuf/wkt";
import type { Price, PriceRequest } from "./prices.ts";

const wrappers = file_google_protobuf_wrappers.proto;
const { STRING, DOUBLE } = FieldDescriptorProto_Type;

const file = create(FileDescriptorProtoSchema, {
  name: "bench.proto",
  package: "bench",
  syntax: "proto3",
  dependency: [wrappers.name],
  messageType: [
    { name: "PriceRequest", field: [field("symbol", 1, STRING)] },
    { name: "Price", field: [field("symbol", 1, STRING), field("bid", 2, DOUBLE), field("ask", 3, DOUBLE)] },
  ],
  service: [
    { name: "Prices", method: [{ name: "Quote", inputType: ".bench.PriceRequest", outputType: ".bench.Price" }] },
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

const registry = createFileRegistry(file, () => wrappers);

/** Its messages have the fields of the value. */
export const prices = registry.getService("bench.Prices") as unknown as GenService<{
  quote: {
    methodKind: "unary";
    input: GenMessage<PriceRequest & Message<"bench.PriceRequest">>;
    output: GenMessage<Price & Message<"bench.Price">>;
  };
}>;

/** Its items are JSON in a StringValue. */
export const quotesService = registry.getService("bench.Quotes") as unknown as GenService<{
  stream: {
    methodKind: "server_streaming";
    input: typeof UInt32ValueSchema;
    output: typeof StringValueSchema;
  };
}>;

function field(name: string, number: number, type: FieldDescriptorProto_Type) {
  return { name, jsonName: name, number, type, label: FieldDescriptorProto_Label.OPTIONAL };
}
