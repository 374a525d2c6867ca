/** Which topics match a subscription by segments. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rawTopic, TopicFilter } from "../../src/publish-subscribe/topic.ts";

const takes = (filter: TopicFilter, topics: readonly string[]) =>
  topics.filter((topic) => filter.takes(rawTopic(topic)));

describe("segments", () => {
  const topics = ["", "prices", "prices.", "prices.EUR", "prices.EUR.bid", "pricesOld", "price", "news"];

  test("take the topic itself and what goes on after a dot", () => {
    const filter = new TopicFilter(["prices"], "segments");
    expect(takes(filter, topics)).toEqual(["prices", "prices.", "prices.EUR", "prices.EUR.bid"]);
    expect(takes(new TopicFilter(["prices.EUR"], "segments"), topics)).toEqual(["prices.EUR", "prices.EUR.bid"]);
  });

  test("of which there are none take everything", () => {
    expect(takes(new TopicFilter([""], "segments"), topics)).toEqual(topics);
  });

  test("of which one is a beginning of the other take both", () => {
    const filter = new TopicFilter(["price", "prices"], "segments");
    expect(filter.prefixes).toEqual(["price"]);
    expect(takes(filter, topics)).toEqual(["prices", "prices.", "prices.EUR", "prices.EUR.bid", "price"]);
  });
});

test("the prefixes that the publisher is asked for take just what any of the filters takes", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b", ".", "é", "\u{1f600}"), maxLength: 4 });
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), word, (filters, topic) => {
      const { prefixes } = new TopicFilter(filters);
      expect(prefixes.some((prefix) => topic.startsWith(prefix))).toBe(
        filters.some((given) => topic.startsWith(given)),
      );
      for (const prefix of prefixes) expect(prefixes.filter((other) => other.startsWith(prefix))).toEqual([prefix]);
    }),
  );
});

test("prefixes are of bytes: one that ends within a character never takes half of another", () => {
  expect(takes(new TopicFilter(["é"]), ["é", "éa", "è", "e"])).toEqual(["é", "éa"]);
});

test.each<[string, () => unknown]>([
  ["a string instead of an array", () => new TopicFilter("prices" as never)],
  ["no filter", () => new TopicFilter([])],
  ["a filter that is no string", () => new TopicFilter([Buffer.from("a") as never])],
  ["a lone surrogate", () => new TopicFilter(["\udc00"])],
  ["a filter by segments that ends with a dot", () => new TopicFilter(["prices."], "segments")],
])("refused: %s", (_, body) => {
  expect(body).toThrow(TypeError);
});
