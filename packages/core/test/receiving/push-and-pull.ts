/** Two connected sockets that pass numbers. */

import { pair } from "@awaitmq/testing";
import { Pull, Push } from "../../src/index.ts";

export const pushAndPull = (address?: string) => pair({ pull: new Pull(), push: new Push() }, address);
export const number = ([frame]: readonly Buffer[]) => Number(frame);
