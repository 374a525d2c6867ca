/** The names that a short name may stand for. */

import { describe, expect, test } from "vitest";
import { searchedNames } from "../../src/opening/searched-names.ts";

/** As a pod of Kubernetes has it. */
const pod = `# of the cluster
nameserver 10.96.0.10
search shop.svc.cluster.local svc.cluster.local\tcluster.local
options ndots:5 timeout:1
`;
const inPod = (name: string) =>
  ["shop.svc.cluster.local", "svc.cluster.local", "cluster.local"].map((d) => `${name}.${d}`);

describe("the names that a name may stand for", () => {
  test.each([
    ["a short one in a pod: the search domains first", "prices", pod, {}, [...inPod("prices"), "prices"]],
    [
      "one with fewer dots than ndots",
      "_p._tcp.prices.shop",
      pod,
      {},
      [...inPod("_p._tcp.prices.shop"), "_p._tcp.prices.shop"],
    ],
    ["one with as many dots as ndots: itself first", "a.b.c.d.e.f", pod, {}, ["a.b.c.d.e.f", ...inPod("a.b.c.d.e.f")]],
    ["one that ends in a dot: itself alone", "prices.", pod, {}, ["prices."]],
    ["with a dot, where nothing is said of dots", "a.b", "search x.y\n", {}, ["a.b", "a.b.x.y"]],
    ["without one", "a", "search x.y\n", {}, ["a.x.y", "a"]],
    ["where there are no search domains", "a", "nameserver 127.0.0.1", {}, ["a"]],
    ["of domain and search, the last line", "a", "search x.y\ndomain z.", {}, ["a.z", "a"]],
    ["the root as a search domain", "a", "search .", {}, ["a"]],
    ["LOCALDOMAIN in place of search", "a", pod, { LOCALDOMAIN: "x y" }, ["a.x", "a.y", "a"]],
    ["an empty LOCALDOMAIN", "a", pod, { LOCALDOMAIN: "" }, ["a"]],
    ["RES_OPTIONS over options", "a.b", "search x\noptions ndots:2", { RES_OPTIONS: "ndots:1" }, ["a.b", "a.b.x"]],
  ])("%s", (_, name, text, environment, names) => {
    expect(searchedNames(name, text, environment)).toEqual(names);
  });
});
